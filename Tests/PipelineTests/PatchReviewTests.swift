import Bytes
import Events
import Pipeline
import Testing

/// What takes a patch into the queue: people, and a verdict of our own.
struct PatchReviewTests {
  @Test func `names with blanks around them and in capitals are the same reviewer`() throws {
    var approvals = ApprovalState()
    for name in ["bob", " bob", #"Bob\t"#, "BOB  "] {
      approvals.add(.approver, try Self.share(of: name, "approve"))
    }
    #expect(approvals.count == 1)
    // The negative control: other names are other reviewers.
    for name in ["rob", "bo b", "böb"] {
      approvals.add(.approver, try Self.share(of: name, "approve"))
    }
    #expect(approvals.count == 4)
  }

  /// What a decided review gives to the approvals of its subject.
  private static func share(of name: String, _ decision: String) throws -> Int64 {
    var review = try Scenario("review-R", ReviewState())
    review.adds = [.none, EntityNumber(17)]
    try review.when(.review_requested)
    review.adds = [.none]
    try review.when(.review_decided, #"{"decision":"\#(decision)","by":"\#(name)"}"#)
    let shares = review.state.contributions()
    try #require(shares.count == 1)
    #expect(shares[0].field == (decision == "approve" ? .approver : .rejecter))
    return shares[0].amount
  }

  @Test func `nobody approves what is their own`() throws {
    var patch = try PatchScenario.validated(policy: #"{"min_reviewers":1}"#)
    patch.consulted = Payload(
      Array(#"{"operator":"Ann","artifact":{"origin":{"tool_id":"aider"}}}"#.utf8))
    func approved(by names: String...) throws -> LogError? {
      var approvals = ApprovalState()
      for name in names { approvals.add(.approver, try Self.share(of: name, "approve")) }
      try patch.beside("approval-patch-P", approvals)
      return try patch.refusal(.patch_queued)
    }
    #expect(try approved(by: "aider", "Aider ", "ann")?.actual == "0")
    #expect(try approved(by: "aider", "bob") == nil)
    // The creation is asked for only where reviewers are.
    let event = try patch.event(.patch_queued)
    #expect(patch.state.consults(for: event, patch.context) == patch.state.created)
    let free = try PatchScenario.validated()
    #expect(free.state.consults(for: event, free.context) == nil)
  }

  @Test func `a rejection stands until its reviewer approves, and takes their approval back`()
    throws
  {
    var patch = try PatchScenario.validated(policy: #"{"min_reviewers":1}"#)
    var approvals = ApprovalState()
    func refusal(_ field: SumField, _ amount: Int64) throws -> LogError? {
      approvals.add(field, amount)
      try patch.beside("approval-patch-P", approvals)
      return try patch.refusal(.patch_queued)
    }
    #expect(try refusal(.approver, 7) == nil)
    #expect(try refusal(.rejecter, 7)?.message.contains("rejected") == true)
    #expect(approvals.count == 0)
    // Another's approval does not take its place.
    #expect(try refusal(.approver, 8)?.message.contains("rejected") == true)
    #expect(try refusal(.approver, 7) == nil)
    #expect(approvals.count == 2)
    // Undone in turn: what was before comes back.
    #expect(try refusal(.approver, -7)?.message.contains("rejected") == true)
    #expect(try refusal(.rejecter, -7) == nil)
    #expect(approvals.count == 2)
    #expect(try refusal(.approver, -7) == nil)
    #expect(try refusal(.approver, -8)?.actual == "0")
    #expect(approvals == ApprovalState())
    // A rejection stops a patch that needs no reviewer, too.
    var free = try PatchScenario.validated()
    #expect(try free.refusal(.patch_queued) == nil)
    approvals.add(.rejecter, 9)
    try free.beside("approval-patch-P", approvals)
    #expect(try free.refusal(.patch_queued) != nil)
  }

  @Test func `of many decisions of one reviewer the latest counts`() throws {
    var approvals = ApprovalState()
    for _ in 0..<40 {
      approvals.add(.approver, 7)
      #expect(approvals.count == 1)
      approvals.add(.rejecter, 7)
      #expect(approvals.rejections == 1)
    }
    var bytes: [UInt8] = []
    approvals.write(to: &bytes)
    var reader = ByteReader(bytes.rawSpan)
    #expect(ApprovalState(reading: &reader) == approvals)
  }

  @Test(arguments: [
    EventType.patch_queued, .patch_apply_started, .patch_apply_succeeded, .patch_verified,
    .patch_committed,
  ])
  func `a patch whose validation was imported goes on by imports alone`(type: EventType) throws {
    let steps: [EventType] = [
      .patch_queued, .patch_apply_started, .patch_apply_succeeded, .patch_verified,
      .patch_committed,
    ]
    func patch(_ flags: EventFlags) throws -> Scenario<PatchState> {
      var patch = try Scenario("patch-P", PatchState())
      try patch.when(.patch_created, "{}")
      try patch.when(.patch_validated, #"{\#(PatchScenario.checks),"policy":{}}"#, flags: flags)
      for step in steps.prefix(while: { $0 != type }) { try patch.given(step) }
      return patch
    }
    var imported = try patch(.imported)
    let refusal = try #require(try imported.refusal(type))
    #expect(refusal.message.contains("was imported"))
    #expect(refusal.hint?.contains("resubmit") == true)
    #expect(!refusal.allowed.contains("queued"))
    try imported.when(type, flags: .imported)
    // The negative control: what was judged here goes on.
    var judged = try patch([])
    #expect(try judged.refusal(type) == nil)
    // A verdict of our own ends it.
    #expect(imported.state.flags.contains(.validationImported))
    try imported.given(.patch_validated, #"{\#(PatchScenario.checks),"policy":{}}"#)
    #expect(!imported.state.flags.contains(.validationImported))
  }

  @Test func `a patch whose validation was imported can be set aside`() throws {
    var patch = try Scenario("patch-P", PatchState())
    try patch.when(.patch_created, "{}")
    try patch.when(.patch_validated, #"{\#(PatchScenario.checks),"policy":{}}"#, flags: .imported)
    #expect(try patch.refusal(.patch_queued)?.allowed == ["quarantined"])
    #expect(try patch.refusal(.patch_quarantined, #"{"reason":"r"}"#) == nil)
  }
}
