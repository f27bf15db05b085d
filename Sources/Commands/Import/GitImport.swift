internal import Bytes
internal import Engine
internal import Events
internal import JSON
internal import Pipeline
internal import Runner

/// What became of the commits of an import.
struct GitImportSummary {
  var commits = 0
  var events = 0
  var duplicates = 0
  var merges = 0
  var notes = 0
  var reverts = 0
  /// Events that break today's rules: stored all the same, with the verdict.
  var judged = 0
  /// Commits that have no event, and why.
  var skipped: [(hash: String, reason: String)] = []
}

/// Imports a repository's history: commits are read from git as they come and stored in groups, so
/// that memory does not grow with the history.
struct GitImport<Log: EventLog> {
  typealias Summary = GitImportSummary

  let engine: Engine<Log>
  let history: GitHistory
  let options: AppendOptions

  /// Stored in one transaction: at most this many events, or this much text.
  private static var groupEventCount: Int { 900 }
  private static var groupByteCount: Int { 16 << 20 }

  /// Throws when what marks the import would be refused.
  func rehearse() throws(LogError) {
    var summary = Summary()
    try store([try started()], &summary)
  }

  func run(progress: (Summary) -> Void) throws(LogError) -> Summary {
    let drafts = GitDrafts(project: history.project, importID: history.importID)
    var summary = Summary()
    var group: [PreparedDraft] = []
    var groupByteCount = 0
    try store([try started()], &summary)
    do {
      var log = try GitLog(
        repository: history.repository, since: history.since, count: history.count,
        diffByteCountMax: Limits.artifactByteCount / 2)
      while let commit = try log.next() {
        summary.commits += 1
        for prepared in try prepared(commit, drafts, &summary) {
          groupByteCount += prepared.payloadBytes.count
          group.append(prepared)
        }
        if group.count >= Self.groupEventCount || groupByteCount >= Self.groupByteCount {
          try store(group, &summary)
          group.removeAll(keepingCapacity: true)
          groupByteCount = 0
          progress(summary)
        }
      }
    } catch let error as RunnerError {
      throw LogError(
        error.isMissing ? .notFound : .badInput, "\(error)",
        hint: error.isMissing
          ? "Install git" : "Is \(history.repository) a git repository with commits?")
    } catch let error as LogError { throw error } catch { throw LogError(.system, "\(error)") }
    try store(group, &summary)
    try store([try completed(summary)], &summary)
    return summary
  }

  /// The events of a commit; none of a merge, and none when one of them can't be stored.
  private func prepared(
    _ commit: GitCommit, _ drafts: GitDrafts, _ summary: inout Summary
  ) throws(LogError) -> [PreparedDraft] {
    if commit.isMerge {
      summary.merges += 1
      return []
    }
    if commit.isDiffTooLong {
      summary.skipped.append((commit.hash, "its diff is over the limit"))
      return []
    }
    do throws(LogError) {
      let made = try drafts.drafts(of: commit, reverted: revertedPatch(commit))
        .map { (draft) throws(LogError) in try engine.prepare(draft) }
      if commit.isEmpty { summary.notes += 1 }
      if commit.reverts != nil { summary.reverts += 1 }
      return made
    } catch {
      guard Self.concernsOneCommit(error.code) else { throw error }
      let place = error.pointer.map { " at \($0)" } ?? ""
      let expected = error.expected.map { ", expected \($0)" } ?? ""
      let actual = error.actual.map { ", found \($0.cut(toScalars: 80))" } ?? ""
      summary.skipped.append((commit.hash, error.message + place + expected + actual))
      return []
    }
  }

  /// Whether an error is about what a commit holds, so that the others can be imported.
  private static func concernsOneCommit(_ code: LogError.Code) -> Bool {
    switch code {
    case .badInput, .violation, .secret: true
    default: false
    }
  }

  /// The patch of the commit that this one reverts; nil when that is not in the repository, or a
  /// merge, which has no patch.
  private func revertedPatch(_ commit: GitCommit) -> ULID? {
    guard let hash = commit.reverts,
      let shown = try? GitCommand.output(
        in: history.repository,
        ["show", "-s", "--format=%H %ct %P", "--end-of-options", "\(hash)^{commit}"])
    else { return nil }
    let words = shown.trimmed.split(separator: " ")
    guard (2...3).contains(words.count), let seconds = Int64(words[1]) else { return nil }
    return CommitIDs(hash: String(words[0]), seconds: seconds).patch
  }

  private func store(_ group: [PreparedDraft], _ summary: inout Summary) throws(LogError) {
    guard !group.isEmpty else { return }
    for outcome in try engine.append(group, options) {
      switch outcome {
      case .success(let receipt) where receipt.isDuplicate: summary.duplicates += 1
      case .success: summary.events += 1
      case .failure(var error):
        if error.code == .idTaken {
          error.hint = "Was this history imported as another project? Name it with --project"
        }
        throw error
      }
    }
  }

  private func started() throws(LogError) -> PreparedDraft {
    try marker("import_started") { writer in
      writer.member("source", history.project)
      writer.member("kind", "git")
      writer.member("fingerprint", history.head)
    }
  }

  private func completed(_ summary: Summary) throws(LogError) -> PreparedDraft {
    // Nothing that a second import of the same history would see otherwise.
    try marker("import_completed") { writer in
      writer.member("events", summary.events + summary.duplicates - 1)
      writer.key("skipped")
      writer.beginObject()
      writer.member("merges", summary.merges)
      writer.member("others", summary.skipped.count)
      writer.endObject()
    }
  }

  private func marker(
    _ type: String, _ write: (inout JSONWriter) -> Void
  ) throws(LogError) -> PreparedDraft {
    let id = history.importID
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("import_id", id)
    write(&writer)
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(.badInput, "the project's name is not UTF-8")
    }
    var draft = Draft(type: type, payload: payload)
    draft.eventID = ImportMarker.eventID(type, of: id)
    draft.isByLog = true
    draft.source = "git"
    draft.correlationID = id
    draft.flags = .imported
    return try engine.prepare(draft)
  }
}
