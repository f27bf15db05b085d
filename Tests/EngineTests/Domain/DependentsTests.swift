internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// An undoing that would leave a later event without what it was accepted for is refused.
@Suite struct DependentsTests {
  private static let patch = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

  private func compensate(_ receipt: Receipt, _ bench: Bench) throws(LogError) -> UndoPlan {
    try bench.engine.compensate(
      .event(.position(receipt.position)), reason: "r", operator: nil, AppendOptions()
    ).plan
  }

  private func reversal(of receipt: Receipt) -> String {
    #"{"type":"event_reversed","payload":{"target":"\#(receipt.eventID)","reason":"r"}}"#
  }

  /// Refused by the command and by the event alike, naming the dependent event.
  private func expectRefusal(of receipt: Receipt, because dependent: Receipt, _ bench: Bench) throws
  {
    let before = try bench.dump()
    let named = "\(dependent.type) at position \(dependent.position)"
    let planned = #expect(throws: LogError.self) { try compensate(receipt, bench) }
    #expect(planned?.code == .rejected)
    #expect(planned?.message.hasPrefix(named) == true, "\(planned?.message ?? "")")
    let appended = #expect(throws: LogError.self) { try bench.append(reversal(of: receipt)) }
    #expect(appended?.message.hasPrefix(named) == true, "\(appended?.message ?? "")")
    #expect(try bench.dump() == before)
  }

  private func task(_ type: String, _ id: String, _ more: String = "") -> String {
    #"{"type":"task_\#(type)","payload":{"task_id":"\#(id)"\#(more)}}"#
  }

  @Test(arguments: LogKind.allCases)
  func `a task that others were given on the strength of stays completed`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let created = #","name":"n","kind":"code""#
    try bench.append(task("created", "A", created))
    try bench.append(task("created", "B", created + #","depends_on":["A"]"#))
    try bench.append(task("created", "C", created))
    try bench.append(task("assigned", "A", #","worker_id":"w""#))
    try bench.append(task("started", "A"))
    let completed = try bench.append(task("completed", "A"))
    try bench.append(task("assigned", "C", #","worker_id":"w""#))
    let claim = try bench.append(task("assigned", "B", #","worker_id":"v""#))
    try expectRefusal(of: completed, because: claim, bench)
    // Once the claim is undone nothing depends on it; C never did.
    #expect(try compensate(claim, bench).proofs.map(\.holds) == [true])
    #expect(try compensate(completed, bench).proofs.map(\.holds) == [true])
  }

  @Test(arguments: LogKind.allCases)
  func `an event that comes while the undoing is planned counts too`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let created = #","name":"n","kind":"code""#
    try bench.append(task("created", "A", created))
    try bench.append(task("created", "B", created + #","depends_on":["A"]"#))
    try bench.append(task("assigned", "A", #","worker_id":"w""#))
    try bench.append(task("started", "A"))
    let completed = try bench.append(task("completed", "A"))
    let planned = try bench.engine.prepare(bench.draft(reversal(of: completed)))
    let later = try bench.engine.prepare(bench.draft(reversal(of: completed)))
    // What can't depend on it does not matter.
    try bench.append(#"{"type":"note","payload":{"text":"n"}}"#)
    try bench.append(#"{"type":"worker_spawned","payload":{"worker_id":"v","adapter_type":"a"}}"#)
    var dry = AppendOptions()
    dry.isDryRun = true
    #expect(try bench.engine.append([planned], dry).first?.refusal == nil)
    try bench.append(task("assigned", "B", #","worker_id":"x""#))
    #expect(try bench.engine.append([later]).first?.refusal?.code == .conflict)
    #expect(throws: LogError.self) { try bench.append(reversal(of: completed)) }
    #expect(try bench.engine.head().position == Position(8))
  }

  private func validated(_ bench: Bench, _ policy: String) throws {
    try bench.append(TestPatches.created(Self.patch, request: Self.patch))
    try bench.append(TestPatches.validated(Self.patch, TestPatches.record(policy)))
  }

  private func patch(_ type: String, _ more: String = "") -> String {
    #"{"type":"patch_\#(type)","payload":{"patch_id":"\#(Self.patch)"\#(more)}}"#
  }

  private func approve(_ review: String, by who: String, _ bench: Bench) throws -> Receipt {
    try bench.append(
      #"{"type":"review_requested","payload":{"review_id":"\#(review)","subject":"patch-\#(Self.patch)","summary":"s","options":[{"decision":"approve","text":"t"}]}}"#
    )
    return try bench.append(
      #"{"type":"review_decided","payload":{"review_id":"\#(review)","decision":"approve","by":"\#(who)"}}"#
    )
  }

  @Test(arguments: LogKind.allCases)
  func `a review that a queued patch needed stays decided`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try validated(bench, #""min_reviewers":1"#)
    let first = try approve("r1", by: "ann", bench)
    let queued = try bench.append(patch("queued"))
    try expectRefusal(of: first, because: queued, bench)
    // Another approval that came too late does not help, one that came before would have.
    _ = try approve("r2", by: "ben", bench)
    try expectRefusal(of: first, because: queued, bench)
    _ = try compensate(queued, bench)
    try bench.append(patch("queued"))
    _ = try compensate(first, bench)
    #expect(try bench.engine.fold().rows == bench.dump().rows)
  }

  @Test(arguments: LogKind.allCases)
  func `two reviews by the same reviewer are not two reviewers`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try validated(bench, #""min_reviewers":2"#)
    _ = try approve("r1", by: "ann", bench)
    let second = try approve("r2", by: "ann", bench)
    let refusal = #expect(throws: LogError.self) { try bench.append(patch("queued")) }
    #expect(refusal?.message.contains("different reviewers") == true)
    #expect(refusal?.actual == "1")
    _ = try approve("r3", by: "ben", bench)
    // Undoing one of two approvals by the same person leaves her approving.
    _ = try compensate(second, bench)
    try bench.append(patch("queued"))
    #expect(try bench.engine.fold().rows == bench.dump().rows)
  }

  @Test(arguments: LogKind.allCases)
  func `a gate that a verified patch needed stays passed`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try validated(bench, #""tests_required":true"#)
    try bench.append(patch("queued"))
    try bench.append(patch("apply_succeeded"))
    let gate = #"{"gate_id":"g","subject":"patch-\#(Self.patch)""#
    try bench.append(#"{"type":"gate_started","payload":\#(gate)}}"#)
    let passed = try bench.append(
      #"{"type":"gate_passed","payload":\#(gate),"gate_type":"unit_tests"}}"#)
    let verified = try bench.append(patch("verified", #","tests_ran":false,"tests_passed":false"#))
    try expectRefusal(of: passed, because: verified, bench)
    _ = try compensate(verified, bench)
    _ = try compensate(passed, bench)
  }

  @Test(arguments: LogKind.allCases)
  func `a charge whose reservation made room for another stays`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(
      #"{"type":"budget_set","payload":{"scope":"total","limit_micro_usd":100,"mode":"halt"}}"#)
    func reserve(_ id: String) throws(LogError) -> Receipt {
      try bench.append(
        #"{"type":"cost_reserved","payload":{"reservation_id":"\#(id)","estimate_micro_usd":90}}"#)
    }
    _ = try reserve("r1")
    let charge = try bench.append(
      #"{"type":"cost_charged","payload":{"charge_id":"c","reservation_id":"r1","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":5}}"#
    )
    let second = try reserve("r2")
    try expectRefusal(of: charge, because: second, bench)
    _ = try compensate(second, bench)
    _ = try compensate(charge, bench)
  }
}
