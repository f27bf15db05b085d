internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline
internal import Runner

/// Imports a repository's history: commits are read from git as they come and stored in groups, so
/// that memory does not grow with the history.
struct GitImport {
  /// What became of the commits.
  struct Summary {
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

  let engine: Engine<LMDBLog>
  let repository: String
  let project: String
  let since: String?
  let count: Int?
  let options: AppendOptions

  /// Stored in one transaction: at most this many events, or this much text.
  private static let groupEventCount = 900
  private static let groupByteCount = 16 << 20

  func run(progress: (Summary) -> Void) throws(LogError) -> Summary {
    let (importID, head, since) = try identify()
    let drafts = GitDrafts(project: project, importID: importID)
    var summary = Summary()
    var group: [PreparedDraft] = []
    var groupByteCount = 0
    try store([try started(importID, head)], &summary)
    do {
      var log = try GitLog(
        repository: repository, since: since, count: count,
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
        hint: error.isMissing ? "Install git" : "Is \(repository) a git repository with commits?")
    } catch let error as LogError { throw error } catch { throw LogError(.system, "\(error)") }
    try store(group, &summary)
    try store([try completed(importID, summary)], &summary)
    return summary
  }

  /// The import's id follows from what is imported, so that the same import is known again.
  private func identify() throws(LogError) -> (id: String, head: String, since: String?) {
    do throws(RunnerError) {
      let head = try commit("HEAD")
      let since = try self.since.map { name throws(RunnerError) in try commit(name) }
      let shallow = try GitLog.output(
        repository: repository, ["rev-parse", "--is-shallow-repository"])
      guard shallow.trimmed != "true" else {
        // Its oldest commit would become a patch that adds every file.
        throw RunnerError(
          program: "git", message: "it is a shallow clone; run `git fetch --unshallow` there",
          isMissing: false)
      }
      let what = "\(head)/\(since ?? "")/\(count.map { String($0) } ?? "")/\(project)"
      let digest = Digest.sha256(of: Array("uetlog/git/v1/import/\(what)".utf8))
      return ("git-\(digest.description.prefix(24))", head, since)
    } catch {
      throw LogError(
        error.isMissing ? .notFound : .badInput,
        "\(repository) can't be imported: \(error.message.trimmed)",
        hint: error.isMissing ? "Install git" : "Name a git repository that has commits")
    }
  }

  /// The hash of a commit that has a name.
  private func commit(_ name: String) throws(RunnerError) -> String {
    try GitLog.output(
      repository: repository, ["rev-parse", "--verify", "--end-of-options", "\(name)^{commit}"]
    ).trimmed
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
      summary.skipped.append((commit.hash, error.message))
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
      let shown = try? GitLog.output(
        repository: repository,
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

  private func started(_ id: String, _ head: String) throws(LogError) -> PreparedDraft {
    try marker("import_started", id) { writer in
      writer.member("import_id", id)
      writer.member("source", project)
      writer.member("kind", "git")
      writer.member("fingerprint", head)
    }
  }

  private func completed(_ id: String, _ summary: Summary) throws(LogError) -> PreparedDraft {
    // Nothing that a second import of the same history would see otherwise.
    try marker("import_completed", id) { writer in
      writer.member("import_id", id)
      writer.member("events", summary.events + summary.duplicates - 1)
      writer.key("skipped")
      writer.beginObject()
      writer.member("merges", summary.merges)
      writer.member("others", summary.skipped.count)
      writer.endObject()
    }
  }

  private func marker(
    _ type: String, _ id: String, _ write: (inout JSONWriter) -> Void
  ) throws(LogError) -> PreparedDraft {
    var writer = JSONWriter()
    writer.beginObject()
    write(&writer)
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(.badInput, "the project's name is not UTF-8")
    }
    var draft = Draft(type: type, payload: payload)
    draft.eventID = CommitIDs(hash: id, seconds: 0).id(type)
    draft.source = "git"
    draft.correlationID = id
    draft.flags = .imported
    return try engine.prepare(draft)
  }
}

extension String {
  /// Without white space and line ends around it.
  fileprivate var trimmed: String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    return String(drop { isSpace($0) }.reversed().drop { isSpace($0) }.reversed())
  }

  private func drop(while isDropped: (Character) -> Bool) -> Substring {
    self[(firstIndex { !isDropped($0) } ?? endIndex)...]
  }
}
