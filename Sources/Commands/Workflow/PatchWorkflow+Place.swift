internal import Bytes
internal import Diff
internal import Engine
internal import Events
internal import Pipeline
internal import Runner

/// What came of putting a patch into its work tree.
struct Application {
  struct Failure {
    let code: String
    let message: String
  }

  static let doesNotApply = "E_DOES_NOT_APPLY"
  static let disagreement = "E_DISAGREEMENT"
  static let mergeCommand = "git apply --3way"

  var failure: Failure?
  /// Whether a merge found that both sides change the same lines.
  var hasConflicts = false
  /// The paths that it touches.
  var files: [String] = []
  var isThereAlready = false
  /// The last command that was run.
  var record: CommandRecord?
}

extension PatchWorkflow {
  /// Makes the work tree anew with the files of a commit and applies the patch there.
  ///
  /// Git must read the same out of the text as the checks did, and make of it what they expect.
  /// What is binary is never applied, whatever the policy says of it.
  func place(_ patch: StoredPatch, at commit: String) throws(LogError) -> Application {
    let start = MonotonicTime.nanoseconds()
    let text = patch.diffText
    let diff = UnifiedDiff(parsing: text.span)
    var application = Application()
    application.files = diff.filesTouched.map(\.text)
    if let fault = diff.faults.first {
      application.failure = .init(
        code: "E_UNREADABLE", message: "line \(fault.line): \(fault.message)")
    } else if let file = diff.files.first(where: { $0.binary != nil }) {
      application.failure = .init(
        code: "E_BINARY",
        message: "\(file.path?.text ?? "a file") is binary, and binary patches are never applied")
    }
    guard application.failure == nil else { return application }
    let file = try scratch(text)
    try git { () throws(RunnerError) in
      try worktree.make(at: commit)
      do throws(RunnerError) {
        guard let way = try way(of: patch, diff, in: file) else {
          application.failure = .init(
            code: Application.disagreement,
            message: "git reads other files or counts out of the diff than its checks did")
          return
        }
        try apply(way, diff, text, to: &application, since: start)
        guard application.failure == nil, !application.isThereAlready else { return }
        application.failure = try objection(to: way, diff, in: text, on: commit)
      } catch {
        // It would end like this each time.
        guard error.isCrash else { throw error }
        application.failure = .init(code: "E_CRASHED", message: "git apply \(error.message)")
      }
    }
    return application
  }

  private func apply(
    _ way: PatchApplication, _ diff: UnifiedDiff, _ text: [UInt8],
    to application: inout Application, since start: Int64
  ) throws(RunnerError) {
    let check = try worktree.check(way)
    if check.code == 1, try worktree.has(way, diff, in: text) {
      application.isThereAlready = true
      application.record = CommandRecord("git apply --check --reverse", check, since: start)
      return
    }
    let applied = check.code == 0 || way.isThreeWay ? try worktree.apply(way) : check
    application.record = CommandRecord(
      way.isThreeWay ? Application.mergeCommand : "git apply --index", applied, since: start)
    guard applied.code != 0 else { return }
    // Only that the patch does not fit is its own fault; a full disk is not.
    var isItsFault = check.code == 1
    if way.isThreeWay {
      application.hasConflicts = try worktree.hasConflicts()
      if isItsFault { isItsFault = try worktree.canStore(way.file) }
    }
    guard isItsFault || application.hasConflicts else {
      throw RunnerError(program: "git apply", message: applied.errors, isMissing: false)
    }
    application.failure = .init(
      code: Application.doesNotApply, message: application.record?.complaint ?? "")
  }

  /// How git is to take the patch to read what our parser read: with one component taken off the
  /// paths, or none; nil when it reads something else either way.
  private func way(
    of patch: StoredPatch, _ diff: UnifiedDiff, in file: String
  ) throws(RunnerError) -> PatchApplication? {
    let expected = diff.files.map { file in
      GitFile(
        path: file.path ?? DiffPath(""), insertions: file.insertions, deletions: file.deletions,
        isBinary: file.binary != nil)
    }
    for strip in [1, 0] {
      guard let read = try worktree.files(of: file, strip: strip),
        read.sorted(by: Self.inOrder) == expected.sorted(by: Self.inOrder)
      else { continue }
      return PatchApplication(
        file: file, strip: strip, isThreeWay: options.threeWay || patch.wasMerged)
    }
    return nil
  }

  /// A file may stand twice in a diff, deleted and made anew.
  private static func inOrder(_ one: GitFile, _ other: GitFile) -> Bool {
    one.path != other.path
      ? one.path < other.path
      : (one.insertions, one.deletions) < (other.insertions, other.deletions)
  }

  /// Whether the work tree holds the patch on top of a commit, and no other change.
  func isWhole(_ patch: StoredPatch, on commit: String) throws(LogError) -> Bool {
    let whole = try tree(of: patch, on: commit)
    return try git { () throws(RunnerError) in
      guard try worktree.isClean() else { return false }
      return try whole == worktree.stagedTree()
    }
  }

  /// The digest of the files of a commit with the patch on top; nil when it does not fit.
  func tree(of patch: StoredPatch, on commit: String) throws(LogError) -> String? {
    let text = patch.diffText
    let diff = UnifiedDiff(parsing: text.span)
    let file = try scratch(text)
    return try git { () throws(RunnerError) in
      guard let way = try way(of: patch, diff, in: file) else { return nil }
      let index = file + ".index"
      return try worktree.tree(of: commit, with: way, index: index) { () throws(RunnerError) in
        try objection(to: way, diff, in: text, on: commit, index: index) == nil
      }
    }
  }
}

extension StoredPatch {
  /// Whether it was merged where its context did not fit.
  fileprivate var wasMerged: Bool {
    let applied = events.last { $0.type == .patch_apply_succeeded }?.payload
    return applied?.text(["outcome", "command"]) == Application.mergeCommand
  }
}
