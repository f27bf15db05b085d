package import Events

extension PatchState {
  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    if let target = PatchStatus(after: event.type) {
      try status.mustAllow(target, context.name)
    }
    switch event.type {
    case .patch_created: try decideCreation(event, context)
    case .patch_validation_failed:
      try status.mustBe([.created], to: "fail its validation", context.name)
    case .patch_validated: try decideValidation(event)
    case .patch_queued: try decideQueue(context)
    case .patch_apply_started: try decideApplication(context)
    case .patch_apply_succeeded, .patch_apply_failed:
      if !flags.contains(.applying) { try mustHaveAttemptsLeft(context) }
    case .patch_verified: try decideVerification(event, context)
    case .patch_quarantined, .patch_rolled_back, .patch_dropped:
      if event.payload.text("reason")?.isEmpty ?? true {
        throw LogError(.rejected, "\(context.name) needs a reason for this", pointer: "/reason")
      }
    default: break
    }
    return []
  }

  /// The entry and its artifact must agree, and what is quarantined comes back only because
  /// somebody says so.
  private func decideCreation(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) {
    let payload = event.payload
    for field in ["phase_id", "workstream_id"] {
      if let outer = payload.text(field), let inner = payload.text(["artifact", "origin", field]),
        outer != inner
      {
        throw LogError(
          .rejected, "\(context.name) names two values of \(field)", expected: inner,
          actual: outer, pointer: "/\(field)")
      }
    }
    guard let replaced = payload.text(["relations", "replaces_patch_id"]) else { return }
    if "patch-" + replaced == context.name.description {
      throw LogError(.rejected, "\(context.name) can't replace itself")
    }
    guard let other = context.entity("patch-" + replaced, as: PatchState.self),
      other.status == .quarantined
    else { return }
    for field in ["operator", "reason"] where payload.text(field)?.isEmpty ?? true {
      throw LogError(
        .rejected, "patch-\(replaced) is quarantined: its successor must name who wants it and why",
        pointer: "/\(field)")
    }
  }

  /// More reviewers than can be told apart could never approve.
  private func decideValidation(_ event: DomainEvent) throws(LogError) {
    guard let asked = event.payload.child("policy")?.integer("min_reviewers"),
      asked > ApprovalState.approversMax
    else { return }
    throw LogError(
      .rejected, "the policy asks for more reviewers than a patch can have",
      expected: "at most \(ApprovalState.approversMax)", actual: "\(asked)",
      pointer: "/policy/min_reviewers")
  }

  private func decideQueue(_ context: DecideContext) throws(LogError) {
    let missing = PatchFlags.checked.subtracting(flags)
    if !missing.isEmpty {
      throw LogError(
        .rejected, "\(context.name) did not pass \(missing.checkNames) and can't become queued",
        allowed: status.next.filter { $0 != .queued }.map(\.name))
    }
    let approvers = context.entity("approval-\(context.name)", as: ApprovalState.self)?.count ?? 0
    if approvers < Int(reviewersRequired) {
      throw LogError(
        .rejected, "\(context.name) lacks approving reviews by different reviewers",
        expected: "\(reviewersRequired)", actual: "\(approvers)",
        allowed: status.next.filter { $0 != .queued }.map(\.name))
    }
    try mustHaveAttemptsLeft(context, refused: .queued)
  }

  /// One application at a time: the result of the one that runs must come first.
  private func decideApplication(_ context: DecideContext) throws(LogError) {
    try status.mustBe([.queued], to: "be applied", context.name)
    if flags.contains(.applying) {
      throw status.refusal("\(context.name) is being applied since position \(applyStarted)")
    }
    try mustHaveAttemptsLeft(context)
  }

  private func mustHaveAttemptsLeft(
    _ context: DecideContext, refused: PatchStatus? = nil
  ) throws(LogError) {
    let most = attemptsMax > 0 ? attemptsMax : context.rules.applyAttemptsMax
    if attempts < most { return }
    throw LogError(
      .rejected, "\(context.name) was applied \(attempts) times, the most there may be",
      allowed: status.next.filter { $0 != refused }.map(\.name))
  }

  /// Red tests or gates are rolled back, never verified; where the policy demands tests, some
  /// must have passed after the last application.
  private func decideVerification(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) {
    let allowed = status.next.filter { $0 != .verified }.map(\.name)
    let ran = event.payload.flag("tests_ran") ?? false
    let passed = event.payload.flag("tests_passed") ?? false
    if ran, !passed {
      throw LogError(
        .rejected, "the tests of \(context.name) failed and it can't become verified",
        allowed: allowed)
    }
    if failedGates > 0 {
      throw LogError(
        .rejected, "\(context.name) fails \(failedGates) gates and can't become verified",
        allowed: allowed)
    }
    guard flags.contains(.testsRequired) else { return }
    if !(ran && passed), gatePasses <= gatePassesWhenApplied {
      throw LogError(
        .rejected, "\(context.name) needs tests that passed after it was applied",
        allowed: allowed)
    }
  }
}

extension PatchFlags {
  /// The checks among the flags, in words.
  fileprivate var checkNames: String {
    let names: [(PatchFlags, String)] = [
      (.formatOK, "format"), (.scopeOK, "scope"), (.constraintsOK, "constraints"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}
