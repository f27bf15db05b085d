internal import Engine
internal import Events
internal import Pipeline
internal import Policy

extension PatchWorkflow {
  /// Takes a patch through all steps that are left, and stops where one does not succeed.
  ///
  /// - Parameter show: called after each step.
  func run(
    _ policies: PolicySource, show: (StepResult) -> Void
  ) throws(LogError) -> StepResult {
    while true {
      let before = try patch().state.status
      let result: StepResult
      switch before {
      case .created: result = try validate(policies)
      // One that failed to apply is tried again because somebody runs it again.
      case .validated, .apply_failed: result = try queue()
      case .queued: result = try apply()
      case .applied: result = try verify()
      case .verified, .committed: result = try commit()
      default:
        try rehearse(.patch_queued)
        return try self.result(.queue, false, "it can't go on")
      }
      show(result)
      if !result.isOK || before == .verified || before == .committed { return result }
      // A dry run changes nothing: the next step would see the same patch.
      if isDryRun { return result }
    }
  }

  /// Judges a created patch; the verdict is an event.
  private func validate(_ policies: PolicySource) throws(LogError) -> StepResult {
    let judgement = try engine.judge(patch: id, policies)
    let isOK = judgement.verdict.isOK
    let receipt = try append(isOK ? .patch_validated : .patch_validation_failed) { writer in
      judgement.writeVerdict(to: &writer)
    }
    let problems = judgement.verdict.problems
    var result = try result(
      .validate, isOK, isOK ? "format, scope and constraints ok" : "refused by the policy", receipt)
    result.details = problems.map { problem in
      "\(problem.line.map { "line \($0): " } ?? "")\(problem.code): \(problem.message)"
    }
    return result
  }

  private func queue() throws(LogError) -> StepResult {
    try result(.queue, true, "it waits to be applied", append(.patch_queued))
  }
}
