internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import Glibc
internal import JSON
internal import Pipeline
internal import Runner
internal import Synchronization

extension PatchWorkflow {
  static let trailer = "Uetlog-Patch"
  private static let attemptCountMax = 10
  private static let pauseMicroseconds: UInt32 = 100_000

  /// Commits a verified patch to the branch that it was applied for.
  ///
  /// What is committed was checked on top of the very commit that it follows: if the branch has
  /// moved on, the patch is put on its new end and checked again.
  func commit() throws(LogError) -> StepResult {
    let patch = try patch()
    switch patch.state.status {
    case .committed:
      try cleanUp()
      return try result(.commit, true, "it is committed already")
    // What the ledger would refuse must not come into the branch.
    default: try rehearseCommit(of: patch)
    }
    try mustBeItsRepository(patch)
    let branch = try branch(of: patch)
    try finishMove(on: branch)
    let original = try original(of: patch)
    var attempts = Attempts()
    for _ in 0..<Self.attemptCountMax {
      guard let tip = try git({ () throws(RunnerError) in try repository.tip(of: branch) }) else {
        throw LogError(
          .badInput, "\(repository.path) has no branch \(branch ?? "") any more",
          hint: "Make it again, or take the patch back with `uetlog patch rollback`")
      }
      if let done = try find(patch, in: tip, &attempts) {
        return try finish(patch, branch, done)
      }
      if let original { try mustHold(original, branch) }
      if let result = try commit(patch, to: branch, on: tip, &attempts) { return result }
    }
    if let lock = attempts.lock { throw refusal(of: branch, lock) }
    throw LogError(
      .conflict, "the branch \(branch ?? "") keeps moving on",
      hint: "Run it again when fewer programs commit to it")
  }

  /// What the rounds of one commit have met.
  struct Attempts {
    /// What git says of the lock that it found in its way last; nil when the branch moved on.
    var lock: String?
    /// Commits that say they are the patch, and are not.
    var foreign: Set<String> = []
  }

  private func rehearseCommit(
    of patch: StoredPatch, _ commit: String = String(repeating: "0", count: 40)
  ) throws(LogError) {
    try rehearse(.patch_committed) { writer in
      writer.member("commit_sha", commit)
      writer.member("rollback_of_patch_id", patch.takesBack)
    }
  }

  /// The commit of the patch in a history; nil when there is none.
  ///
  /// Anybody can write a trailer: a commit is the patch only if it holds that and no byte more. One
  /// that says so wrongly is named, and otherwise taken for what it is, another commit.
  private func find(
    _ patch: StoredPatch, in tip: String, _ attempts: inout Attempts
  ) throws(LogError) -> String? {
    let named = try git { () throws(RunnerError) in
      // A base that this repository does not know can't bound the search.
      var base = patch.base
      if let known = base, try !repository.isCommit(known, before: tip) { base = nil }
      return try repository.commits(
        withTrailer: Self.trailer, patch.id.description, in: tip, since: base)
    }
    for commit in named where !attempts.foreign.contains(commit) {
      if worktree.base() == nil {
        try git { () throws(RunnerError) in try worktree.make(at: tip) }
      }
      if try holds(commit, patch) { return commit }
      attempts.foreign.insert(commit)
      console.warn("the commit \(commit) names patch-\(patch.id) and is not what it makes: ignored")
    }
    return nil
  }

  /// Whether a commit is the patch on top of its parent, and nothing else.
  private func holds(_ commit: String, _ patch: StoredPatch) throws(LogError) -> Bool {
    guard let parent = try git({ () throws(RunnerError) in try worktree.parent(of: commit) }),
      let tree = try tree(of: patch, on: parent)
    else { return false }
    return try git { () throws(RunnerError) in try worktree.tree(of: commit) == tree }
  }

  /// Commits on top of a commit; nil when the branch has moved on meanwhile.
  private func commit(
    _ patch: StoredPatch, to branch: String?, on tip: String, _ attempts: inout Attempts
  ) throws(LogError) -> StepResult? {
    try requireNoOtherChanges(patch, branch)
    if isDryRun {
      let isReady = worktree.base() == tip ? try isWhole(patch, on: tip) : false
      return try result(
        .commit, true,
        isReady
          ? "it can be committed on \(tip.prefix(12))"
          : "the branch has moved on: it would be checked again on \(tip.prefix(12)) first")
    }
    let start = MonotonicTime.nanoseconds()
    if let ready = try readyCommit(patch, on: tip) {
      return try advance(patch, branch, from: tip, to: ready, nil, since: start, &attempts)
    }
    if let stop = try recheck(patch, on: tip) { return stop }
    let tree = try git { () throws(RunnerError) in try worktree.stagedTree() }
    if try git({ () throws(RunnerError) in try worktree.tree(of: tip) }) == tree {
      if let original = try original(of: patch) { try mustHold(original, branch, exactly: true) }
      return try finish(patch, branch, tip, reason: Self.isThereAlready)
    }
    let message = try scratch(Array(message(patch).utf8))
    // What a hook leaves behind must not hold the patch.
    lock.passOn(false)
    defer { lock.passOn(true) }
    let made = worktree.commit(messageFile: message, hiding: settings.secretVariables) {
      Self.isInterrupted.load(ordering: .relaxed)
    }
    guard !made.wasCancelled else {
      throw LogError(.interrupted, "interrupted while git made the commit; nothing is changed")
    }
    let record = CommandRecord("git commit", made)
    guard made.exitCode == 0, let head = worktree.base() else {
      return try fail(
        record, "E_COMMIT_FAILED",
        made.timedOut ? "git commit did not end in time" : record.complaint)
    }
    let isAsChecked = try git { () throws(RunnerError) in
      guard try worktree.parent(of: head) == tip else { return false }
      return try worktree.tree(of: head) == tree
    }
    guard isAsChecked else {
      try git { () throws(RunnerError) in try worktree.remove() }
      return try fail(
        record, "E_HOOK_CHANGED_FILES", "a hook of the repository changed what was checked")
    }
    return try advance(patch, branch, from: tip, to: head, record, since: start, &attempts)
  }

  /// Moves the branch to the commit; nil when it has moved on meanwhile, or is locked.
  private func advance(
    _ patch: StoredPatch, _ branch: String?, from tip: String, to commit: String,
    _ record: CommandRecord?, since start: Int64, _ attempts: inout Attempts
  ) throws(LogError) -> StepResult? {
    let turn = try takeTurn()
    defer { turn.removeFile() }
    // Hooks and checks took their time: the ledger may have settled the patch since it was asked.
    // What it takes in from here on, in the moments until the branch has moved, comes too late.
    do throws(LogError) { try rehearseCommit(of: patch, commit) } catch {
      if Self.settled.contains(try self.patch().state.status) { try cleanUp() }
      throw error
    }
    let move = try git { () throws(RunnerError) in
      try repository.move(branch, from: tip, to: commit)
    }
    switch try advance(move) {
    case .done: return try finish(patch, branch, commit, record)
    case .moved:
      attempts.lock = nil
      return nil
    case .refused(let result):
      let complaint = CommandRecord("git merge --ff-only", result, since: start).complaint
      guard complaint.contains(".lock'") else { throw refusal(of: branch, complaint) }
      // Another git is at work there, which takes moments; or one was killed there.
      attempts.lock = complaint
      usleep(Self.pauseMicroseconds)
      return nil
    }
  }

  private func refusal(of branch: String?, _ complaint: String) -> LogError {
    LogError(
      .conflict, "git can't move \(branch ?? "what is checked out") forward: \(complaint)",
      hint: complaint.contains(".lock'")
        ? "Nothing has changed; if no git is running there, remove the lock file and run it again"
        : "Nothing has changed; run it again when the branch and its work tree are free")
  }

  /// A commit that an earlier, killed run has made on top of this one: the patch and no byte more.
  private func readyCommit(_ patch: StoredPatch, on tip: String) throws(LogError) -> String? {
    guard let head = worktree.base(), head != tip else { return nil }
    let found = try git { () throws(RunnerError) in
      guard try worktree.parent(of: head) == tip else { return false }
      return try repository.commits(
        withTrailer: Self.trailer, patch.id.description, in: head, since: tip
      ).contains(head)
    }
    guard found, try holds(head, patch) else { return nil }
    return head
  }

  /// Makes sure that what is staged was checked on top of `tip`.
  ///
  /// - Returns: what ends the step because it does not pass there; nil when all is well.
  private func recheck(_ patch: StoredPatch, on tip: String) throws(LogError) -> StepResult? {
    if worktree.base() == tip, try isWhole(patch, on: tip) { return nil }
    if let failure = try restore(patch, at: tip) {
      return try rollBack(.commit, "the branch has moved on, and now \(failure.message)")
    }
    return try stop(.commit, patch, check(patch))
  }

  private func message(_ patch: StoredPatch) -> String {
    let summary = patch.artifact?.text("summary")?.split(whereSeparator: \.isNewline)
      .map { String($0).withoutControls.trimmed }.first { !$0.isEmpty }
    var lines = [
      summary ?? "Apply patch \(patch.id)", "",
      "\(Self.trailer): \(patch.id)",
    ]
    if let request = patch.requestID { lines.append("Uetlog-Request: \(request)") }
    if let issue = patch.creation.text("issue_ref"), !issue.isEmpty {
      let words = issue.split(whereSeparator: \.isNewline).joined(separator: " ")
      lines.append("Issue: \(words.withoutControls)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func fail(
    _ record: CommandRecord, _ code: String, _ message: String
  ) throws(LogError) -> StepResult {
    let receipt = try append(.patch_commit_failed) { writer in
      writer.member("error_code", code)
      writer.member("error_message", message)
      record.write(to: &writer)
    }
    var result = try result(.commit, false, message, receipt)
    result.code = .cannotWrite
    result.details = ["it stays \(result.state): run it again when the cause is mended"]
    return result
  }

  private func finish(
    _ patch: StoredPatch, _ branch: String?, _ commit: String, _ record: CommandRecord? = nil,
    reason: String? = nil
  ) throws(LogError) -> StepResult {
    let receipt = try append(.patch_committed) { writer in
      writer.member("commit_sha", commit)
      writer.member("branch", branch)
      writer.member("rollback_of_patch_id", patch.takesBack)
      record?.write(to: &writer)
      writer.member("reason", reason)
    }
    if !isDryRun { try cleanUp() }
    var done = try result(
      .commit, true, "\(commit.prefix(12))\(branch.map { " on \($0)" } ?? "")", receipt)
    done.members.append { $0.member("commit_sha", commit) }
    return done
  }
}

extension String {
  /// Without what git refuses in a message, and what would move a terminal's cursor.
  fileprivate var withoutControls: String {
    var scalars = UnicodeScalarView()
    for scalar in unicodeScalars where scalar.properties.generalCategory != .control {
      scalars.append(scalar)
    }
    return String(scalars)
  }
}
