import Events
import Pipeline
import Testing

struct PatchTests {
  private func applied(policy: String = #"{"digest":"d"}"#) throws -> Scenario<PatchState> {
    var patch = try PatchScenario.validated(policy: policy)
    try patch.when(.patch_queued)
    try patch.when(.patch_apply_started)
    try patch.when(.patch_apply_succeeded)
    return patch
  }

  @Test func `a patch goes all the way`() throws {
    var patch = try applied()
    try patch.when(.patch_verified, #"{"tests_ran":true,"tests_passed":true}"#)
    try patch.when(.patch_committed, #"{"commit_sha":"0"}"#)
    #expect(patch.state.stateName == "committed")
    #expect(patch.state.attempts == 1)
  }

  @Test func `a refusal names the patch, its state, the attempt and the ways on`() throws {
    var patch = try PatchScenario.validated()
    try patch.when(.patch_queued)
    let refusal = try #require(try patch.refusal(.patch_committed))
    #expect(refusal.message == "patch-P is queued and can't become committed")
    #expect(refusal.allowed == ["applied", "apply_failed"])
    var unknown = try Scenario("patch-X", PatchState())
    let missing = try #require(try unknown.refusal(.patch_queued))
    #expect(missing.message == "patch-X does not exist")
    #expect(missing.allowed == ["created"])
  }

  // L-01
  @Test(arguments: ["format_ok", "scope_ok", "constraints_ok"])
  func `a patch that missed a check is not queued`(missing: String) throws {
    var patch = try Scenario("patch-P", PatchState())
    try patch.when(.patch_created)
    let checks = PatchScenario.checks.replacing(
      #""\#(missing)":true"#, with: #""\#(missing)":false"#)
    try patch.when(.patch_validated, #"{\#(checks),"policy":{}}"#)
    let refusal = try #require(try patch.refusal(.patch_queued))
    #expect(refusal.message.contains(missing.prefix { $0 != "_" }))
    #expect(refusal.allowed == ["quarantined"])
  }

  // L-01
  @Test func `a patch whose checks all failed goes no way but out`() throws {
    var patch = try Scenario("patch-P", PatchState())
    try patch.given(.patch_created)
    let failed = PatchScenario.checks.replacing("true", with: "false")
    try patch.given(.patch_validated, #"{\#(failed),"policy":{}}"#)
    #expect(patch.state.flags == [])
    let onward: [EventType] = [
      .patch_queued, .patch_apply_started, .patch_apply_succeeded, .patch_verified,
      .patch_committed,
    ]
    for type in onward {
      #expect(try patch.refusal(type, #"{"tests_ran":true,"tests_passed":true}"#) != nil, "\(type)")
    }
    #expect(try patch.refusal(.patch_quarantined, #"{"reason":"r"}"#) == nil)
  }

  // L-10
  @Test(arguments: [PatchStatus.committed, .dropped, .quarantined, .rolled_back, .verified])
  func `no verdict comes after the end`(status: PatchStatus) throws {
    var patch = try Scenario("patch-P", PatchState())
    patch.state.status = status
    #expect(try patch.refusal(.patch_validated, #"{\#(PatchScenario.checks),"policy":{}}"#) != nil)
    #expect(try patch.refusal(.patch_validation_failed) != nil)
  }

  // V-15
  @Test func `tests that did not run did not pass`() throws {
    var patch = try applied()
    for ran in [#""tests_ran":false,"#, ""] {
      let refusal = try patch.refusal(.patch_verified, #"{\#(ran)"tests_passed":true}"#)
      #expect(refusal?.pointer == "/tests_passed")
    }
    #expect(
      try patch.refusal(.patch_verified, #"{"tests_ran":false,"tests_passed":false}"#) == nil)
    var fresh = try Scenario("patch-P", PatchState())
    try fresh.when(.patch_created)
    let tested = PatchScenario.checks.replacing("}", with: #","tests_passed":true}"#)
    for type in [EventType.patch_validated, .patch_validation_failed] {
      #expect(
        try fresh.refusal(type, #"{\#(tested),"policy":{}}"#)?.pointer
          == "/validation/tests_passed")
    }
  }

  @Test func `reviews demanded by the recorded policy must approve`() throws {
    var patch = try PatchScenario.validated(policy: #"{"min_reviewers":2}"#)
    func approve(_ who: Int64...) throws -> LogError? {
      var approvals = ApprovalState()
      for one in who { approvals.add(.approver, one) }
      try patch.beside("approval-patch-P", approvals)
      return try patch.refusal(.patch_queued)
    }
    #expect(try patch.refusal(.patch_queued)?.expected == "2")
    #expect(try approve(7)?.actual == "1")
    #expect(try approve(7, 8) == nil)
    // The same reviewer twice is one reviewer, and stays one when one review is undone.
    #expect(try approve(7, 7)?.actual == "1")
    #expect(try approve(7, 7, 8, -7) == nil)
    #expect(try approve(7, 8, -7)?.actual == "1")
  }

  @Test func `a policy can't ask for more reviewers than can be told apart`() throws {
    var approvals = ApprovalState()
    for who in 1...Int64(ApprovalState.approversMax) { approvals.add(.approver, who) }
    #expect(approvals.count == ApprovalState.approversMax)
    approvals.add(.approver, 99)
    #expect(approvals.count == ApprovalState.approversMax)
    var patch = try Scenario("patch-P", PatchState())
    try patch.when(.patch_created)
    func refusal(_ count: Int) throws -> LogError? {
      try patch.refusal(
        .patch_validated, #"{\#(PatchScenario.checks),"policy":{"min_reviewers":\#(count)}}"#)
    }
    #expect(try refusal(ApprovalState.approversMax) == nil)
    #expect(try refusal(ApprovalState.approversMax + 1)?.pointer == "/policy/min_reviewers")
  }

  // L-08
  @Test func `three applications are the most`() throws {
    var patch = try PatchScenario.validated()
    for attempt in 1...3 {
      try patch.when(.patch_queued)
      try patch.when(.patch_apply_started)
      try patch.when(.patch_apply_failed)
      #expect(patch.state.attempts == attempt)
    }
    let refusal = try #require(try patch.refusal(.patch_queued))
    #expect(refusal.allowed == ["quarantined"])
    #expect(try patch.refusal(.patch_quarantined, #"{"reason":"r"}"#) == nil)
  }

  @Test func `the policy's number of applications goes before the rules'`() throws {
    var patch = try PatchScenario.validated(policy: #"{"max_apply_attempts":1}"#)
    try patch.when(.patch_queued)
    try patch.when(.patch_apply_failed)
    #expect(patch.state.attempts == 1)
    #expect(try patch.refusal(.patch_queued) != nil)
  }

  @Test func `two applications at a time are one too many`() throws {
    var patch = try PatchScenario.validated()
    #expect(try patch.refusal(.patch_apply_started)?.allowed == ["queued", "quarantined"])
    try patch.when(.patch_queued)
    try patch.when(.patch_apply_started)
    #expect(try patch.refusal(.patch_apply_started)?.allowed == ["applied", "apply_failed"])
    try patch.when(.patch_apply_succeeded)
    #expect(patch.state.attempts == 1)
  }

  @Test func `red tests are rolled back, never verified`() throws {
    var patch = try applied()
    let refusal = try #require(
      try patch.refusal(.patch_verified, #"{"tests_ran":true,"tests_passed":false}"#))
    #expect(refusal.allowed == ["rolled_back"])
    #expect(try patch.refusal(.patch_rolled_back, #"{"reason":"red"}"#) == nil)
    #expect(try patch.refusal(.patch_rolled_back) != nil)
  }

  // V-14
  @Test func `demanded tests must have passed after the last application`() throws {
    let without = #"{"tests_ran":false,"tests_passed":false}"#
    var patch = try PatchScenario.validated(policy: #"{"tests_required":true}"#)
    _ = try patch.sum(.gatePasses, 1, because: .gate_passed)
    try patch.when(.patch_queued)
    try patch.when(.patch_apply_succeeded)
    #expect(try patch.refusal(.patch_verified, without)?.allowed == ["rolled_back"])
    _ = try patch.sum(.gatePasses, 1, because: .gate_passed)
    #expect(try patch.refusal(.patch_verified, without) == nil)
    _ = try patch.sum(.failedGates, 1, because: .gate_failed)
    #expect(try patch.refusal(.patch_verified, without) != nil)
    var tested = try applied(policy: #"{"tests_required":true}"#)
    #expect(try tested.refusal(.patch_verified, without) != nil)
    #expect(
      try tested.refusal(.patch_verified, #"{"tests_ran":true,"tests_passed":true}"#) == nil)
  }

  @Test func `only a fresh patch can fail its validation`() throws {
    var patch = try Scenario("patch-P", PatchState())
    #expect(try patch.refusal(.patch_validation_failed) != nil)
    try patch.when(.patch_created)
    let failed = try patch.when(
      .patch_validation_failed, #"{"validation":{"format_ok":true},"policy":{}}"#)
    #expect(patch.state.stateName == "created")
    #expect(patch.state.flags == .formatOK)
    #expect(failed.reactions.map(\.type) == [.patch_dropped, .review_requested])
    #expect(try failed.reactions[0].field("patch_id") == "P")
    #expect(
      try failed.reactions[0].field("reason") == "validation failed: scope, constraints")
    try patch.when(.patch_dropped, #"{"reason":"bad"}"#)
    #expect(try patch.refusal(.patch_validation_failed) != nil)
  }

  @Test func `only a verified patch can fail to be committed, and it stays verified`() throws {
    var patch = try Scenario("patch-P", PatchState())
    for (type, json) in Self.wayToVerified {
      #expect(try patch.refusal(.patch_commit_failed) != nil)
      try patch.when(type, json)
    }
    try patch.when(.patch_commit_failed)
    #expect(patch.state.stateName == "verified")
    try patch.when(.patch_committed)
    #expect(try patch.refusal(.patch_commit_failed) != nil)
  }

  @Test func `only what is committed is taken back, and once`() throws {
    var patch = try Scenario("patch-P", PatchState())
    for (type, json) in Self.wayToVerified { try patch.when(type, json) }
    let back = #"{"rollback_of_patch_id":"Q"}"#
    var other = PatchState()
    for (status, others, isAllowed) in [
      (PatchStatus.verified, UInt64(0), false), (.committed, 0, true), (.committed, 7, false),
    ] {
      other.status = status
      other.rolledBackBy = others
      try patch.beside("patch-Q", other)
      patch.consulted = Payload(Array(#"{"relations":{"rollback_of_patch_id":"Q"}}"#.utf8))
      #expect(try (patch.refusal(.patch_committed, back) == nil) == isAllowed)
    }
    #expect(try patch.refusal(.patch_committed, #"{"rollback_of_patch_id":"P"}"#) != nil)
    #expect(try patch.refusal(.patch_committed, "{}") == nil)
  }

  @Test func `a patch takes back only the one that it was made to take back`() throws {
    var patch = try Scenario("patch-P", PatchState())
    for (type, json) in Self.wayToVerified { try patch.when(type, json) }
    var other = PatchState()
    other.status = .committed
    try patch.beside("patch-Q", other)
    let back = try patch.event(.patch_committed, #"{"rollback_of_patch_id":"Q"}"#)
    #expect(patch.state.consults(for: back, patch.context) == patch.state.created)
    for (creation, isAllowed) in [
      (#"{"relations":{"rollback_of_patch_id":"Q"}}"#, true),
      (#"{"relations":{"rollback_of_patch_id":"R"}}"#, false), (#"{"relations":{}}"#, false),
      ("{}", false),
    ] {
      patch.consulted = Payload(Array(creation.utf8))
      let refusal = try patch.refusal(.patch_committed, #"{"rollback_of_patch_id":"Q"}"#)
      #expect((refusal == nil) == isAllowed, "\(creation)")
    }
  }

  private static let wayToVerified: [(EventType, String)] = [
    (.patch_created, "{}"),
    (
      .patch_validated,
      #"{"validation":{"format_ok":true,"scope_ok":true,"constraints_ok":true},"policy":{}}"#
    ),
    (.patch_queued, "{}"), (.patch_apply_started, "{}"), (.patch_apply_succeeded, "{}"),
    (.patch_verified, #"{"tests_ran":false,"tests_passed":false}"#),
  ]

  @Test func `a dropped patch says what was wrong with it, within the limits of a reason`() throws {
    for (json, reason) in [
      (#"{"reason":"too large"}"#, "too large"),
      (#"{"validation":{"validation_errors":["a","b\u0007"]}}"#, "a; b "),
      (
        #"{"validation":{"format_ok":true,"scope_ok":true,"constraints_ok":true}}"#,
        "no reason given"
      ),
    ] {
      var patch = try Scenario("patch-P", PatchState())
      try patch.when(.patch_created)
      let dropped = try #require(try patch.when(.patch_validation_failed, json).reactions.first)
      #expect(try dropped.field("reason") == "validation failed: " + reason)
    }
    var patch = try Scenario("patch-P", PatchState())
    try patch.when(.patch_created)
    let long = String(repeating: "é", count: 1024)
    let reactions = try patch.when(.patch_validation_failed, #"{"reason":"\#(long)"}"#).reactions
    #expect(try reactions[0].field("reason")?.unicodeScalars.count == 1024)
    #expect(try reactions[1].field("summary")?.unicodeScalars.count == 1024)
  }

  // L-16
  @Test func `entry and artifact must agree on phase and workstream`() throws {
    var patch = try Scenario("patch-P", PatchState())
    let artifact = #""artifact":{"origin":{"workstream_id":"A","phase_id":null}}"#
    #expect(try patch.refusal(.patch_created, #"{"workstream_id":"B",\#(artifact)}"#) != nil)
    #expect(
      try patch.refusal(.patch_created, #"{"workstream_id":"A","phase_id":"x",\#(artifact)}"#)
        == nil)
  }

  @Test func `a quarantined patch comes back with operator and reason`() throws {
    var patch = try Scenario("patch-Q", PatchState())
    var old = PatchState()
    old.status = .quarantined
    try patch.beside("patch-P", old)
    let relations = #""relations":{"replaces_patch_id":"P"}"#
    #expect(try patch.refusal(.patch_created, "{\(relations)}")?.pointer == "/operator")
    #expect(
      try patch.refusal(.patch_created, #"{\#(relations),"operator":"ann"}"#)?.pointer
        == "/reason")
    #expect(
      try patch.refusal(.patch_created, #"{\#(relations),"operator":"ann","reason":"ok"}"#) == nil)
    let itself = relations.replacing(#""P""#, with: #""Q""#)
    #expect(
      try patch.refusal(.patch_created, "{\(itself)}")?.message == "patch-Q can't replace itself")
  }

  @Test func `a quarantine asks a person, once and under a fixed id`() throws {
    var patch = try PatchScenario.validated()
    let (_, reactions) = try patch.when(.patch_quarantined, #"{"reason":"policy\nbroken"}"#)
    let review = try #require(reactions.first)
    #expect(reactions.count == 1)
    #expect(review.type == .review_requested)
    #expect(try review.field("subject") == "patch-P")
    #expect(try review.field("review_id")?.count == 26)
    var again = try PatchScenario.validated()
    let same = try again.when(.patch_quarantined, #"{"reason":"policy\nbroken"}"#).reactions
    #expect(same == reactions)
  }

  @Test func `a patch counts in its run, also when it was rolled back`() throws {
    var patch = try Scenario("patch-P", PatchState())
    patch.run = EntityNumber(32)
    try patch.when(.patch_created)
    #expect(patch.state.contributions() == [Contribution(EntityNumber(32), .patchesCreated, 1)])
    try patch.given(.patch_apply_succeeded)
    try patch.given(.patch_rolled_back)
    #expect(
      patch.state.contributions() == [
        Contribution(EntityNumber(32), .patchesCreated, 1),
        Contribution(EntityNumber(32), .patchesApplied, 1),
      ])
  }

  @Test func `a reversal leaves sums alone`() throws {
    var patch = try PatchScenario.validated()
    let before = patch.state
    _ = try patch.sum(.approvals, 3, because: .review_decided)
    var restored = before
    restored.keepNeutralFields(of: patch.state)
    #expect(restored.approvals == 3)
    patch.state.gatePasses = 2
    try patch.when(.patch_queued)
    try patch.when(.patch_apply_succeeded)
    restored.keepNeutralFields(of: patch.state)
    #expect(restored.gatePassesWhenApplied == 2)
    #expect(restored.status == before.status)
  }
}
