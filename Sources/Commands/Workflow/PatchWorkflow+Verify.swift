internal import Checks
internal import Configuration
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline
internal import Runner
internal import Synchronization

extension PatchWorkflow {
  /// Runs the checks over the work tree of an applied patch; what fails them is rolled back.
  func verify() throws(LogError) -> StepResult {
    let patch = try patch()
    switch patch.state.status {
    case .verified, .committed:
      return try result(.verify, true, "it is \(patch.state.stateName ?? "") already")
    // Whatever nobody judged is not even run.
    case .applied where !patch.state.flags.contains(.validationImported):
      try mustBeItsRepository(patch)
    default:
      try rehearse(.patch_verified) { writer in
        writer.member("tests_ran", false)
        writer.member("tests_passed", false)
      }
    }
    if let failure = try restore(patch) {
      return try rollBack(.verify, "its work tree is gone, and \(failure.message)")
    }
    let results = try check(patch)
    if let stop = try stop(.verify, patch, results) { return stop }
    let receipt = try append(.patch_verified) { writer in
      writer.member("tests_ran", results.testsRan)
      writer.member("tests_passed", results.testsPassed)
      writer.key("checks")
      results.write(to: &writer)
    }
    var done = try result(.verify, true, Self.summary(of: results), receipt)
    done.add(results)
    return done
  }

  /// Runs the checks that are for the files of a patch.
  func check(_ patch: StoredPatch) throws(LogError) -> CheckResults {
    let diff = UnifiedDiff(parsing: patch.diffText.span)
    let checks = try ChecksFile.read(
      flag: options.checks.map { console.here.absolute($0) }, options.place(console.here)
    ).checks
    var run = CheckRun(in: worktree.path, hiding: settings.secretVariables)
    run.isCancelled = { Self.isInterrupted.load(ordering: .relaxed) }
    let plan = run.plan(checks, changedPaths: diff.filesTouched)
    // Gates that passed since it was applied are tests as well.
    let hasGates = patch.state.gatePasses > patch.state.gatePassesWhenApplied
    let requiresTests = patch.state.flags.contains(.testsRequired) && !hasGates
    // A daemon that a check leaves behind must not hold the patch.
    lock.passOn(false)
    defer { lock.passOn(true) }
    let base = worktree.base()
    let tree = try git { () throws(RunnerError) in try worktree.stagedTree() }
    let results = run.run(plan, requiresTests: requiresTests)
    // What was changed was not checked by those before.
    let isAsBefore = try git { () throws(RunnerError) in
      guard worktree.base() == base, try worktree.isClean() else { return false }
      return try worktree.stagedTree() == tree
    }
    guard isAsBefore || results.failsPatch else {
      throw LogError(
        .conflict, "a check changed files of the patch, or committed them, in \(worktree.path)",
        expected: "checks that leave the files of the repository alone",
        hint: "Nothing is decided; run it again when the checks are mended")
    }
    return results
  }

  /// What ends a step because of its checks; nil when they are as they should be.
  ///
  /// Red ones take the patch back. What could not be run, or not be started, says nothing of the
  /// patch, which stays where it is.
  func stop(
    _ step: StepResult.Step, _ patch: StoredPatch, _ results: CheckResults
  ) throws(LogError) -> StepResult? {
    guard results.failsPatch else { return nil }
    let reason = results.firstFailure ?? "its checks failed"
    if results.outcomes.contains(where: { $0.ran && $0.failsPatch }), !results.wasInterrupted {
      return try rollBack(step, reason, results)
    }
    var stop = try result(step, false, reason)
    stop.code = results.wasInterrupted ? .temporary : .difference
    stop.details = ["nothing is decided by that: it stays \(stop.state)"]
    stop.add(results)
    return stop
  }

  /// Makes sure that the work tree holds the patch and nothing else, on top of the commit that it
  /// stands on: what earlier checks have left there might turn the next ones green.
  ///
  /// - Returns: why it could not be applied again; nil when all is well.
  func restore(
    _ patch: StoredPatch, at commit: String? = nil
  ) throws(LogError) -> Application.Failure? {
    let base = worktree.base()
    if let base, commit == nil || commit == base,
      try !git({ () throws(RunnerError) in try worktree.hasOtherFiles() }),
      try isWhole(patch, on: base)
    {
      return nil
    }
    let branch = try branch(of: patch)
    let tip = try git { () throws(RunnerError) in try repository.tip(of: branch) }
    guard let place = commit ?? base ?? tip else {
      return .init(code: Application.doesNotApply, message: "the branch is gone")
    }
    return try self.place(patch, at: place).failure
  }

  static func summary(of results: CheckResults) -> String {
    let ran = results.outcomes.filter(\.ran).count
    let missing = results.outcomes.filter { !$0.ran }.map(\.name)
    let passed = ran == 0 ? "no check ran" : "\(ran.counted("check")) passed"
    return missing.isEmpty ? passed : passed + ", not installed: " + missing.joined(separator: ", ")
  }
}

extension StepResult {
  /// Adds what each check said.
  mutating func add(_ results: CheckResults) {
    members.append { writer in
      writer.key("checks")
      results.write(to: &writer)
    }
    for outcome in results.outcomes {
      let time = outcome.durationMilliseconds.map { " (\($0) ms)" } ?? ""
      let message = outcome.message ?? (outcome.passed ? "passed" : "did not pass")
      details.append("\(outcome.name) \(message)\(time)")
      guard outcome.failsPatch else { continue }
      let text = outcome.tail.isEmpty ? outcome.head : outcome.tail
      details += text.split(separator: "\n").suffix(12).map { "  " + $0 }
    }
  }
}
