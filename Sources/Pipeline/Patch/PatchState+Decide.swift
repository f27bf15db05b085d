package import Events

extension PatchState {
  /// What takes a patch back has said so when it was created, and who may not approve it is told
  /// there, too.
  package func consults(for event: DomainEvent, _ context: DecideContext) -> Position? {
    guard created != .none else { return nil }
    return switch event.type {
    case .patch_committed where event.payload.has("rollback_of_patch_id"): created
    case .patch_queued where reviewersRequired > 0: created
    default: nil
    }
  }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    if let target = PatchStatus(after: event.type) {
      try status.mustAllow(target, context.name, by: context.patchEdges)
    }
    try mustBeJudged(event, context)
    switch event.type {
    case .patch_created: try decideCreation(event, context)
    case .patch_validation_failed:
      try status.mustBe(
        [.created], to: "fail its validation", context.name, by: context.patchEdges)
      try Self.mustHaveRun(event.payload.child("validation"), "/validation", context)
    case .patch_validated:
      try decideValidation(event)
      try Self.mustHaveRun(event.payload.child("validation"), "/validation", context)
    case .patch_committed: try decideCommit(event, context)
    case .patch_commit_failed:
      try status.mustBe(
        [.verified], to: "fail to be committed", context.name, by: context.patchEdges)
    case .patch_queued: try decideQueue(context)
    case .patch_apply_started: try decideApplication(context)
    case .patch_apply_succeeded, .patch_apply_failed:
      // What was applied and fails late is no further attempt.
      if !flags.contains(.applying), status != .applied { try mustHaveAttemptsLeft(context) }
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
    if context.name.consists(of: "patch-", replaced) {
      throw LogError(.rejected, "\(context.name) can't replace itself")
    }
    guard let other = context.entity("patch-", replaced, as: PatchState.self),
      other.status == .quarantined
    else { return }
    for field in ["operator", "reason"] where payload.text(field)?.isEmpty ?? true {
      throw LogError(
        .rejected, "patch-\(replaced) is quarantined: its successor must name who wants it and why",
        pointer: "/\(field)")
    }
  }

  /// Only what is committed can be taken back, once, and by a patch that was made for it.
  private func decideCommit(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) {
    guard let id = event.payload.text("rollback_of_patch_id") else { return }
    guard !context.name.consists(of: "patch-", id) else {
      throw LogError(.rejected, "\(context.name) can't take itself back")
    }
    let own = context.consulted?.text(["relations", "rollback_of_patch_id"])
    guard own == id else {
      throw LogError(
        .rejected, "\(context.name) was not made to take patch-\(id) back",
        expected: own.map { "patch-\($0), as its patch_created says" }
          ?? "a patch whose patch_created has it among its relations",
        actual: "patch-\(id)", pointer: "/rollback_of_patch_id",
        hint: "`uetlog patch rollback \(id) --reason TEXT` makes one")
    }
    let other = context.entity("patch-", id, as: PatchState.self)
    guard let other, other.status == .committed else {
      throw LogError(
        .rejected, "\(context.name) can't take patch-\(id) back", expected: "a committed patch",
        actual: other?.stateName ?? "no such patch", pointer: "/rollback_of_patch_id")
    }
    guard other.rolledBackBy == 0 else {
      throw LogError(
        .rejected, "patch-\(id) is taken back already", pointer: "/rollback_of_patch_id")
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

  /// One application at a time: the result of the one that runs must come first.
  private func decideApplication(_ context: DecideContext) throws(LogError) {
    try status.mustBe([.queued], to: "be applied", context.name, by: context.patchEdges)
    if flags.contains(.applying) {
      throw status.refusal(
        "\(context.name) is being applied since position \(applyStarted)",
        by: context.patchEdges)
    }
    try mustHaveAttemptsLeft(context)
  }

  func mustHaveAttemptsLeft(
    _ context: DecideContext, refused: PatchStatus? = nil
  ) throws(LogError) {
    let most = attemptsMax > 0 ? attemptsMax : context.rules.applyAttemptsMax
    if attempts < most { return }
    throw LogError(
      .rejected, "\(context.name) was applied \(attempts) times, the most there may be",
      allowed: names(without: refused, context))
  }

  /// Tests that did not run did not pass.
  private static func mustHaveRun(
    _ tests: Payload?, _ pointer: String, _ context: DecideContext
  ) throws(LogError) {
    guard let tests, tests.flag("tests_passed") == true, tests.flag("tests_ran") != true else {
      return
    }
    throw LogError(
      .rejected, "the tests of \(context.name) can't have passed without having run",
      expected: "tests_ran true, or tests_passed false", pointer: pointer + "/tests_passed")
  }

  /// The ways on, for an error.
  func names(
    without refused: PatchStatus?, _ context: DecideContext
  ) -> [String] {
    status.next(by: context.patchEdges).filter { $0 != refused }.map(\.name)
  }

  /// Red tests or gates are rolled back, never verified; where the policy demands tests, some
  /// must have passed after the last application.
  private func decideVerification(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) {
    try Self.mustHaveRun(event.payload, "", context)
    let allowed = names(without: .verified, context)
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

extension DecideContext {
  /// The steps that the settings let a patch take.
  fileprivate var patchEdges: Edges<PatchStatus> { rules.ledgerProfile.edges }
}
