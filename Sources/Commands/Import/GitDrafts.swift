internal import Bytes
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline
internal import Runner

/// Turns commits into the events that their patches would have left: created, validated, queued,
/// applied, verified, committed.
///
/// Every id follows from the commit alone, so that any two imports of a history agree and a second
/// one adds nothing.
struct GitDrafts {
  /// How views name the repository and project: a path would tell the clones of one history apart.
  let project: String
  /// What ties the events of one import together.
  let importID: String

  /// The events of one commit.
  func drafts(of commit: GitCommit, reverted: ULID?) throws(LogError) -> [Draft] {
    let ids = CommitIDs(hash: commit.hash, seconds: commit.seconds)
    if commit.isEmpty { return [try note(commit, ids)] }
    let patch = ids.patch.description
    let diff = UnifiedDiff(ofHistory: commit.diff.span)
    if let fault = diff.faults.first {
      throw LogError(.badInput, "its diff can't be read: line \(fault.line): \(fault.message)")
    }
    return [
      try draft("patch_created", commit, ids) { created(commit, diff, ids, reverted, &$0) },
      try draft("patch_validated", commit, ids) { Self.validated(patch, &$0) },
      try draft("patch_queued", commit, ids) { $0.member("patch_id", patch) },
      try draft("patch_apply_succeeded", commit, ids) { Self.applied(patch, diff, &$0) },
      try draft("patch_verified", commit, ids) { writer in
        writer.member("patch_id", patch)
        writer.member("tests_ran", false)
        writer.member("tests_passed", false)
      },
      try draft("patch_committed", commit, ids) { writer in
        writer.member("patch_id", patch)
        writer.member("commit_sha", commit.hash)
      },
    ]
  }

  private func note(_ commit: GitCommit, _ ids: CommitIDs) throws(LogError) -> Draft {
    try draft("note", commit, ids) { writer in
      let words = commit.subject.prefixOfScalars(512)
      let subject = words.isEmpty ? "" : ": " + words
      writer.member("text", "empty commit \(commit.hash)\(subject)")
    }
  }

  private func created(
    _ commit: GitCommit, _ diff: UnifiedDiff, _ ids: CommitIDs, _ reverted: ULID?,
    _ writer: inout JSONWriter
  ) {
    writer.member("project_id", project)
    writer.member("ledger_id", ids.id("ledger").description)
    if let reverted {
      writer.key("relations")
      writer.beginObject()
      writer.member("rollback_of_patch_id", reverted.description)
      writer.endObject()
    }
    writer.key("artifact")
    writer.beginObject()
    writer.member("patch_id", ids.patch.description)
    writer.member("format", "unified_diff")
    writer.member("target_repo", project)
    if let parent = commit.parents.first { writer.member("base_commit", parent) }
    origin(commit, ids, &writer)
    let summary = commit.subject.prefixOfScalars(512)
    if !summary.isEmpty { writer.member("summary", summary) }
    Self.scope(diff, &writer)
    writer.key("diff_text")
    writer.string(bytes: commit.diff.span)
    writer.endObject()
  }

  private func origin(_ commit: GitCommit, _ ids: CommitIDs, _ writer: inout JSONWriter) {
    writer.key("origin")
    writer.beginObject()
    writer.member("execution_request_id", ids.id("request").description)
    writer.member("tool_id", "git")
    writer.member("tool_run_id", commit.hash)
    writer.member("created_at", ids.time.description)
    writer.endObject()
  }

  private static func scope(_ diff: UnifiedDiff, _ writer: inout JSONWriter) {
    writer.key("scope")
    writer.beginObject()
    writer.member("files_touched", paths(diff))
    writer.member("line_insertions", diff.insertions)
    writer.member("line_deletions", diff.deletions)
    writer.member("hunks", diff.hunkCount)
    writer.endObject()
  }

  /// The paths that it touches, each once; what is no UTF-8 has replacements in them.
  private static func paths(_ diff: UnifiedDiff) -> [String] {
    var seen: Set<String> = []
    return diff.filesTouched.map { String(decoding: $0.bytes, as: UTF8.self) }
      .filter { seen.insert($0).inserted }
  }

  private static func validated(_ patch: String, _ writer: inout JSONWriter) {
    writer.member("patch_id", patch)
    writer.key("validation")
    writer.beginObject()
    for name in ["format_ok", "scope_ok", "constraints_ok"] { writer.member(name, true) }
    writer.endObject()
    writer.key("policy")
    writer.beginObject()
    // History was accepted by whoever committed it: no policy of ours judged it.
    writer.member("digest", String(repeating: "0", count: 16))
    writer.member("min_reviewers", 0)
    writer.endObject()
  }

  private static func applied(
    _ patch: String, _ diff: UnifiedDiff, _ writer: inout JSONWriter
  ) {
    writer.member("patch_id", patch)
    let paths = paths(diff)
    // More than the schema's limit can be read from the artifact.
    guard !paths.isEmpty, paths.count <= 10_000 else { return }
    writer.key("applied_files")
    writer.beginArray()
    for path in paths.sorted() { writer.string(path) }
    writer.endArray()
  }

  private func draft(
    _ type: String, _ commit: GitCommit, _ ids: CommitIDs,
    _ write: (inout JSONWriter) -> Void
  ) throws(LogError) -> Draft {
    var writer = JSONWriter()
    writer.beginObject()
    write(&writer)
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(.badInput, "commit \(commit.hash) is not UTF-8 throughout")
    }
    var draft = Draft(type: type, payload: payload)
    draft.eventID = ids.id(type)
    draft.time = ids.time
    draft.source = "git"
    draft.correlationID = importID
    draft.flags = .imported
    return draft
  }
}

extension String {
  /// The first `count` Unicode scalars: what JSON Schema calls characters.
  fileprivate func prefixOfScalars(_ count: Int) -> String {
    String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
  }
}
