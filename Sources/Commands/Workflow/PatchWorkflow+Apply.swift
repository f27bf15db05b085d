internal import Bytes
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline
internal import Runner

extension PatchWorkflow {
  /// Applies a queued patch in its own work tree, on top of the branch that is checked out.
  func apply() throws(LogError) -> StepResult {
    let patch = try patch()
    switch patch.state.status {
    case .applied, .verified, .committed:
      return try result(.apply, true, "it is \(patch.state.stateName ?? "") already")
    case .queued: break
    default: try rehearse(.patch_apply_started)
    }
    let isBegun = patch.state.flags.contains(.applying)
    if isBegun { try mustBeItsRepository(patch) }
    let branch = try isBegun ? branch(of: patch) : targetBranch(of: patch)
    guard let tip = try git({ () throws(RunnerError) in try repository.tip(of: branch) }) else {
      throw LogError(
        .badInput, "\(repository.path) has no commit yet", expected: "a commit to apply it to")
    }
    try requireNoOtherChanges(patch, branch)
    if !isDryRun { try sweep() }
    // An application that was begun and killed goes on; it is still the same attempt.
    if !isBegun {
      let repository = try commonDirectory()
      try append(.patch_apply_started) { writer in
        writer.member("workspace_path", worktree.path)
        writer.member("repository", repository)
        writer.member("base_commit", tip)
        writer.member("branch", branch)
      }
    }
    let application = try place(patch, at: tip)
    guard application.failure == nil else { return try giveUp(application, patch, tip) }
    if application.isThereAlready, let original = try original(of: patch) {
      try mustHold(original, branch, exactly: true)
    }
    let files = application.isThereAlready ? [] : application.files
    let receipt = try append(.patch_apply_succeeded) { writer in
      writer.member("applied_files", files.cutToFit)
      writer.member("workspace_path", worktree.path)
      application.record?.write(to: &writer)
      if application.isThereAlready { writer.member("reason", Self.isThereAlready) }
    }
    if isDryRun { try cleanUp() }
    var done = try result(
      .apply, true,
      application.isThereAlready
        ? Self.isThereAlready
        : "\(files.count.counted("file")) changed on top of \(tip.prefix(12))", receipt)
    done.members.append { $0.member("applied_files", files) }
    return done
  }

  static let isThereAlready = "the branch has all of it already"

  /// Throws when the work tree that has the branch has changes, and the policy wants all of them to
  /// come as patches: nobody could tell later what was in it.
  func requireNoOtherChanges(_ patch: StoredPatch, _ branch: String?) throws(LogError) {
    guard patch.recordedPolicy?.flag("patch_required") == true,
      let place = try git({ () throws(RunnerError) in try repository.workTree(of: branch) })
    else { return }
    // The files of a commit that is on its way are no changes.
    let turn = try takeTurn()
    defer { turn.removeFile() }
    let changed = try git { () throws(RunnerError) in
      try GitRepository(at: place).changedFiles()
    }
    guard let first = changed.first else { return }
    let others = changed.count > 1 ? " and \(changed.count - 1) more" : ""
    throw LogError(
      .conflict,
      "the work tree \(place) has changes that no patch carries: \(first)\(others)",
      expected: "none, because the policy has patch_required",
      hint: "Make a patch of them (`git diff | uetlog patch create - …`), or stash them")
  }

  private func giveUp(
    _ application: Application, _ patch: StoredPatch, _ tip: String
  ) throws(LogError) -> StepResult {
    let failure = application.failure ?? .init(code: "E_UNKNOWN", message: "")
    let receipt = try append(.patch_apply_failed) { writer in
      writer.member("error_code", failure.code)
      writer.member("error_message", failure.message.cut(toScalars: 16384))
      application.record?.write(to: &writer)
    }
    try git { () throws(RunnerError) in try worktree.remove() }
    var result = try result(.apply, false, failure.message, receipt)
    if application.hasConflicts {
      result.details.append("the same lines were changed on the branch: make the diff anew on it")
    } else if failure.code == Application.doesNotApply,
      let base = patch.artifact?.text("base_commit")
    {
      result.details.append(try fit(of: patch, from: base, to: tip))
    }
    return result
  }

  /// How the commit that a patch was made from lies to the one that it does not fit.
  private func fit(
    of patch: StoredPatch, from base: String, to tip: String
  ) throws(LogError) -> String {
    if base == tip {
      // The work tree may have had other changes when the diff was made.
      return try otherVersion(patch, than: tip)
        ?? "it was made from this very commit: its text is wrong"
    }
    let isBelow = try git { () throws(RunnerError) in
      try repository.isCommit(base, before: tip)
    }
    let origin = "it was made from \(base.prefix(12)), "
    return origin
      + (isBelow
        ? "and the branch has moved on" + (options.threeWay ? "" : "; --3way may help")
        : "which is no part of this branch's history")
  }

  /// Tells that the diff was made from contents that a commit does not have; nil when it has them.
  private func otherVersion(
    _ patch: StoredPatch, than commit: String
  ) throws(LogError) -> String? {
    let diff = UnifiedDiff(parsing: patch.diffText.span)
    return try git { () throws(RunnerError) in
      for file in diff.files {
        guard let path = file.oldPath?.text, let named = file.blobs?.old.lowercased(),
          try repository.blob(of: path, in: commit)?.hasPrefix(named) != true
        else { continue }
        let canMerge = options.threeWay ? false : try repository.has(named)
        return "it was made from another version of \(path) than this commit has"
          + (canMerge ? "; --3way may help" : "")
      }
      return nil
    }
  }
}

extension StoredPatch {
  /// The policy that its last validation recorded.
  var recordedPolicy: Payload? {
    events.last { $0.type == .patch_validated }?.payload?.child("policy")
  }

  /// The branch that it was applied for; nil when none was checked out.
  var branch: String? { lastStart?.text("branch") }

  /// The commit that it was first applied on top of, in this attempt.
  var base: String? { lastStart?.text("base_commit") }

  /// The repository that it was applied in, by its common git directory.
  var repository: String? { lastStart?.text("repository") }

  private var lastStart: Payload? { events.last { $0.type == .patch_apply_started }?.payload }
}
