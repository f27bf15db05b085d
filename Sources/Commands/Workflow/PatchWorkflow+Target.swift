internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import Pipeline
internal import Runner

/// Where a patch goes: a repository and a branch, which stay the same from its application on.
extension PatchWorkflow {
  /// The branch that is checked out; nil when none is.
  func checkedOutBranch() throws(LogError) -> String? {
    try git { () throws(RunnerError) in try repository.branch() }
  }

  func commonDirectory() throws(LogError) -> String {
    Files.resolved(try git { () throws(RunnerError) in try repository.commonDirectory() })
  }

  /// Waits until no other patch is being committed in this repository.
  ///
  /// Two programs that move one branch at a time would leave the files of one of them in a work
  /// tree whose branch has moved elsewhere: git locks the files and the branch one by one.
  func takeTurn() throws(LogError) -> FileLock {
    let turn = try FileLock(
      commonDirectory() + "/uetlog-commit.lock",
      waitNanoseconds: try options.writing.appendOptions().waitNanoseconds,
      busy: LogError(
        .busy, "another patch is being committed to \(repository.path)",
        hint: "Run it again when that has ended; --wait says how long to wait"))
    turn.passOn(true)
    return turn
  }

  /// Throws when the patch was applied in another repository.
  func mustBeItsRepository(_ patch: StoredPatch) throws(LogError) {
    guard let itsOwn = patch.repository, Files.exists(itsOwn) else { return }
    let found = try commonDirectory()
    guard found != itsOwn else { return }
    throw LogError(
      .rejected, "patch-\(patch.id) was applied in another repository", expected: itsOwn,
      actual: found, hint: "Name its own with --repo")
  }

  /// The branch that it was applied for; nil for what is checked out without a branch.
  func branch(of patch: StoredPatch) throws(LogError) -> String? {
    // Another program applied it, and did not say for which.
    guard patch.base != nil else { return try checkedOutBranch() }
    if let branch = patch.branch { return branch }
    guard let other = try checkedOutBranch() else { return nil }
    throw LogError(
      .conflict, "patch-\(id) was applied where no branch was checked out, and now \(other) is",
      hint: "`git checkout --detach` the commit that it is for, or take the patch back")
  }

  /// The branch that a patch is to be applied for: what is checked out, or that which holds the
  /// commit that it takes back.
  func targetBranch(of patch: StoredPatch) throws(LogError) -> String? {
    try warnOfAnotherRepository(patch)
    guard let original = try original(of: patch) else { return try checkedOutBranch() }
    return try branch(with: original)
  }

  /// The committed patch that one was made to take back.
  func original(of patch: StoredPatch) throws(LogError) -> StoredPatch? {
    guard let id = patch.takesBack.flatMap({ ULID($0) }), let found = try? engine.patch(id),
      found.state.status == .committed
    else { return nil }
    return found
  }

  /// The branch that a patch was committed to; what is checked out when nobody recorded one.
  func branch(with original: StoredPatch) throws(LogError) -> String? {
    try mustBeItsRepository(original)
    let recorded = original.committedBranch
    let branch = if let recorded { recorded } else { try checkedOutBranch() }
    try mustHold(original, branch)
    return branch
  }

  /// Throws when the history of a branch lacks a commit that is to be taken back: that its lines
  /// are not there would look as if somebody had done that already.
  ///
  /// - Parameter exactly: whether it must be the very commit. Else one with its trailer will do,
  ///   which it may have become by a rebase: whether its lines are there, the diff tells.
  func mustHold(
    _ original: StoredPatch, _ branch: String?, exactly: Bool = false
  ) throws(LogError) {
    guard let commit = original.commit else { return }
    let name = branch ?? "what is checked out"
    let holders = try git { () throws(RunnerError) -> [String]? in
      if let tip = try repository.tip(of: branch) {
        if try repository.isCommit(commit, before: tip) { return nil }
        let named =
          exactly
          ? []
          : try repository.commits(
            withTrailer: Self.trailer, original.id.description, in: tip, since: nil)
        if !named.isEmpty { return nil }
      }
      return try repository.branches(with: commit)
    }
    guard let holders else { return }
    throw LogError(
      .rejected, "\(name) does not hold the commit \(commit.prefix(12)) of patch-\(original.id)",
      expected: "a branch that holds it",
      actual: holders.isEmpty ? "none here does" : "it is in " + holders.joined(separator: ", "),
      hint: holders.isEmpty
        ? "Name the repository that has it with --repo, or bring the commit back first"
        : original.committedBranch == nil
          ? "Check out one that holds it, and run this again"
          : "Bring \(name) to it first, or make a patch for another branch by hand")
  }

  /// A patch may be for a copy elsewhere; whoever meant another one is told in time.
  private func warnOfAnotherRepository(_ patch: StoredPatch) throws(LogError) {
    guard let target = patch.artifact?.text("target_repo"), target.hasPrefix("/"),
      target != repository.path, let other = try? GitRepository(around: target),
      let directory = try? other.commonDirectory()
    else { return }
    guard try Files.resolved(directory) != commonDirectory() else { return }
    console.warn("patch-\(patch.id) was made for \(target), and is applied in \(repository.path)")
  }
}

extension StoredPatch {
  /// The commit that it became.
  var commit: String? { committed?.text("commit_sha") }

  /// The branch that it was committed to; nil when none was checked out, or nobody recorded it.
  var committedBranch: String? { committed?.text("branch") }

  private var committed: Payload? { events.last { $0.type == .patch_committed }?.payload }
}
