internal import Bytes
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
    return [
      try draft("patch_created", commit, ids) { created(commit, ids, reverted, &$0) },
      try draft("patch_validated", commit, ids) { Self.validated(patch, &$0) },
      try draft("patch_queued", commit, ids) { $0.member("patch_id", patch) },
      try draft("patch_apply_succeeded", commit, ids) { Self.applied(patch, commit, &$0) },
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
    _ commit: GitCommit, _ ids: CommitIDs, _ reverted: ULID?, _ writer: inout JSONWriter
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
    Self.scope(commit, &writer)
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

  private static func scope(_ commit: GitCommit, _ writer: inout JSONWriter) {
    writer.key("scope")
    writer.beginObject()
    writer.key("files_touched")
    writer.beginArray()
    var seen: Set<String> = []
    for file in commit.files where seen.insert(file.path).inserted { writer.string(file.path) }
    writer.endArray()
    writer.member("line_insertions", commit.files.reduce(0) { $0 + $1.insertions })
    writer.member("line_deletions", commit.files.reduce(0) { $0 + $1.deletions })
    writer.member("hunks", commit.hunkCount)
    writer.endObject()
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
    _ patch: String, _ commit: GitCommit, _ writer: inout JSONWriter
  ) {
    writer.member("patch_id", patch)
    let paths = Set(commit.files.map(\.path))
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

/// The ids that follow from a commit.
struct CommitIDs {
  let hash: String
  let time: Timestamp

  init(hash: String, seconds: Int64) {
    self.hash = hash
    // Dates before 1970 and after 2261 occur in broken commits; ids need a time that fits.
    let bounded = min(max(seconds, 0), 9_000_000_000)
    time = Timestamp(milliseconds: bounded * 1000)
  }

  /// The patch that the commit is.
  var patch: ULID { id("patch") }

  /// The id of one of its events or things: the commit's time, and a digest of hash and purpose.
  func id(_ purpose: String) -> ULID {
    let digest = Digest.sha256(of: Array("uetlog/git/v1/\(purpose)/\(hash)".utf8)).prefix128
    return ULID(
      milliseconds: UInt64(time.nanoseconds / 1_000_000),
      random: (UInt16(truncatingIfNeeded: digest >> 64), UInt64(truncatingIfNeeded: digest)))
  }
}

extension GitCommit {
  /// The diff's hunks: inside a diff only their headers begin with `@@`.
  fileprivate var hunkCount: Int {
    var count = 0
    var isLineStart = true
    for index in diff.indices {
      if isLineStart, diff[index] == 0x40, index + 1 < diff.count, diff[index + 1] == 0x40 {
        count += 1
      }
      isLineStart = diff[index] == 0x0A
    }
    return count
  }
}

extension JSONWriter {
  /// Writes a member whose value is a text.
  mutating func member(_ name: String, _ text: String) {
    key(name)
    string(text)
  }

  /// Writes a member whose value is a whole number.
  mutating func member(_ name: String, _ number: some BinaryInteger) {
    key(name)
    int(number)
  }

  /// Writes a member whose value is true or false.
  mutating func member(_ name: String, _ flag: Bool) {
    key(name)
    bool(flag)
  }
}

extension String {
  /// The first `count` Unicode scalars: what JSON Schema calls characters.
  fileprivate func prefixOfScalars(_ count: Int) -> String {
    String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
  }
}
