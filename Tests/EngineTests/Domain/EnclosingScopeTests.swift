internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// Costs count for all scopes that enclose what they are for, named or not.
@Suite struct EnclosingScopeTests {
  private static let run = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

  private func budget(_ scope: String, _ bench: Bench) throws -> BudgetState? {
    let dump = try bench.dump()
    guard let number = Name("budget-" + scope).flatMap({ dump.names[$0] }),
      let row = dump.rows[number]
    else { return nil }
    return try decodeState(row) as? BudgetState
  }

  private func worker(_ id: String, _ bench: Bench) throws -> WorkerState {
    let dump = try bench.dump()
    let number = try #require(Name("worker-" + id).flatMap { dump.names[$0] })
    return try #require(try dump.rows[number].flatMap { try decodeState($0) } as? WorkerState)
  }

  private func charge(_ id: String, _ amount: Int, _ more: String, _ outer: String = "") -> String {
    #"{"type":"cost_charged","payload":{"charge_id":"\#(id)","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":\#(amount)\#(more)}\#(outer)}"#
  }

  private func world(_ bench: Bench) throws {
    for line in [
      #"{"type":"run_created","payload":{"run_id":"\#(Self.run)","project_id":"run-project"}}"#,
      #"{"type":"workstream_created","payload":{"workstream_id":"W","phase_id":"P","project_id":"X"}}"#,
      #"{"type":"task_created","payload":{"task_id":"T","name":"n","kind":"k","workstream_id":"W"}}"#,
      #"{"type":"task_created","payload":{"task_id":"U","name":"n","kind":"k"}}"#,
    ] { try bench.append(line) }
  }

  @Test(arguments: LogKind.allCases)
  func `a charge for a task counts for its workstream, phase and project`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try world(bench)
    let task = try bench.append(charge("c1", 7, #","task_id":"T""#))
    for scope in ["task:T", "workstream:W", "phase:P", "project:X", "total"] {
      #expect(try budget(scope, bench)?.spentMicroUSD == 7, "\(scope)")
    }
    // What the event names itself stands; what the task lacks, its run may have.
    try bench.append(charge("c2", 5, #","task_id":"T","project_id":"Y""#))
    #expect(try budget("project:X", bench)?.spentMicroUSD == 7)
    #expect(try budget("project:Y", bench)?.spentMicroUSD == 5)
    try bench.append(charge("c3", 3, #","task_id":"U""#, #","run_id":"\#(Self.run)""#))
    #expect(try budget("project:run-project", bench)?.spentMicroUSD == 3)
    // The same charge again is known, though it is stored with more than was offered.
    #expect(try bench.append(charge("c1", 7, #","task_id":"T""#)).isDuplicate)
    #expect(try bench.engine.fold().rows == bench.dump().rows)
    _ = try bench.engine.compensate(
      .event(.position(task.position)), reason: "r", operator: nil, AppendOptions())
    #expect(try budget("phase:P", bench)?.spentMicroUSD == 5)
    #expect(try budget("task:T", bench)?.spentMicroUSD == 5)
  }

  @Test(arguments: LogKind.allCases)
  func `a task created in the same batch encloses too`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let outcomes = try bench.append(all: [
      #"{"type":"task_created","payload":{"task_id":"T","name":"n","kind":"k","phase_id":"P"}}"#,
      charge("c1", 7, #","task_id":"T""#),
    ])
    #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
    #expect(try budget("phase:P", bench)?.spentMicroUSD == 7)
  }

  @Test(arguments: LogKind.allCases, ["warn", "halt", "review"])
  func `a reservation needs room in scopes that it does not name`(
    kind: LogKind, mode: String
  ) throws {
    let bench = try Bench(kind)
    try world(bench)
    try bench.append(
      #"{"type":"budget_set","payload":{"scope":"project:X","limit_micro_usd":10,"mode":"\#(mode)"}}"#
    )
    func reserve(_ id: String, _ amount: Int, _ task: String) throws(LogError) {
      try bench.append(
        #"{"type":"cost_reserved","payload":{"reservation_id":"\#(id)","estimate_micro_usd":\#(amount),"task_id":"\#(task)"}}"#
      )
    }
    let refusal = #expect(throws: LogError.self) { try reserve("r1", 11, "T") }
    #expect(refusal?.code == .budget)
    try reserve("r1", 10, "T")
    try reserve("r2", 11, "U")
  }

  @Test(arguments: LogKind.allCases)
  func `a used-up budget of an enclosing scope stops claims`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try world(bench)
    try bench.append(
      #"{"type":"budget_set","payload":{"scope":"phase:P","limit_micro_usd":5,"mode":"halt"}}"#)
    try bench.append(charge("c1", 5, #","task_id":"T""#))
    func claim(_ task: String) throws(LogError) {
      try bench.append(
        #"{"type":"task_assigned","payload":{"task_id":"\#(task)","worker_id":"w"}}"#)
    }
    let refusal = #expect(throws: LogError.self) { try claim("T") }
    #expect(refusal?.code == .budget)
    try claim("U")
  }

  @Test(arguments: LogKind.allCases)
  func `a reservation without an amount holds what its model's price says`(kind: LogKind) throws {
    var rules = Rules()
    rules.prices["m"] = TokenPrice(input: 1_500_000, output: 0)
    let bench = try Bench(kind, rules: rules)
    func reserve(_ id: String, _ model: String) throws(LogError) -> Receipt {
      try bench.append(
        #"{"type":"cost_reserved","payload":{"reservation_id":"\#(id)","model":"\#(model)","input_tokens":1,"output_tokens":1}}"#
      )
    }
    let receipt = try reserve("r1", "m")
    #expect(try budget("total", bench)?.reservedMicroUSD == 2)
    let stored = try bench.engine.event(.position(receipt.position)).payload
    #expect(stored.flatMap { Payload($0) }?.integer("estimate_micro_usd") == 2)
    #expect(try reserve("r1", "m").isDuplicate)
    let refusal = #expect(throws: LogError.self) { try reserve("r2", "unpriced") }
    #expect(refusal?.message.contains("no price") == true)
    #expect(try bench.engine.fold().rows == bench.dump().rows)
  }

  @Test(arguments: LogKind.allCases)
  func `a charge that a sum has no room for is refused`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let most = Int64(1) << 53
    var last: Receipt?
    for index in 0..<512 { last = try bench.append(charge("c\(index)", Int(most), "")) }
    #expect(try budget("total", bench)?.spentMicroUSD == BudgetState.sumMax)
    let refusal = #expect(throws: LogError.self) { try bench.append(charge("d", 1, "")) }
    #expect(refusal?.code == .badInput)
    #expect(refusal?.message.contains("budget-") == true)
    let undone = try #require(last)
    _ = try bench.engine.compensate(
      .event(.position(undone.position)), reason: "r", operator: nil, AppendOptions())
    #expect(try budget("total", bench)?.spentMicroUSD == BudgetState.sumMax - most)
    try bench.append(charge("d", 1, ""))
  }

  @Test(arguments: LogKind.allCases)
  func `errors count since the worker's last completed task`(kind: LogKind) throws {
    let bench = try Bench(kind)
    func task(_ type: String, _ more: String = "") -> String {
      #"{"type":"task_\#(type)","payload":{"task_id":"T"\#(more)}}"#
    }
    func fail(_ count: Int) throws {
      for _ in 0..<count {
        try bench.append(#"{"type":"worker_error","payload":{"worker_id":"w","error":"e"}}"#)
      }
    }
    try bench.append(task("created", #","name":"n","kind":"k""#))
    try bench.append(task("assigned", #","worker_id":"w""#))
    try bench.append(task("started"))
    try fail(9)
    try bench.append(task("failed", #","error_message":"m""#))
    #expect(try worker("w", bench).errorCount == 9)
    try bench.append(task("retried"))
    try bench.append(task("assigned", #","worker_id":"w""#))
    try bench.append(task("started"))
    let completed = try bench.append(task("completed"))
    #expect(try worker("w", bench).errorCount == 0)
    try fail(2)
    _ = try bench.engine.compensate(
      .event(.position(completed.position)), reason: "r", operator: nil, AppendOptions())
    #expect(try worker("w", bench).errorCount == 11)
    #expect(try bench.engine.fold().rows == bench.dump().rows)
  }

  @Test(arguments: LogKind.allCases)
  func `late events that name no worker are counted`(kind: LogKind) throws {
    let bench = try Bench(kind)
    for (type, more) in [
      ("task_created", #""task_id":"T","name":"n","kind":"k""#),
      ("worker_spawned", #""worker_id":"w","adapter_type":"a""#),
      ("worker_idle", #""worker_id":"w""#),
      ("task_assigned", #""task_id":"T","worker_id":"w""#), ("task_started", #""task_id":"T""#),
      ("worker_terminated", #""worker_id":"w""#),
    ] { try bench.append(#"{"type":"\#(type)","payload":{\#(more)}}"#) }
    var late: UInt32 = 0
    for (type, more) in [
      ("task_progress", #""task_id":"T""#), ("task_completed", #""task_id":"T""#),
      ("task_failed", #""task_id":"T","error_message":"m""#),
      ("task_failed", #""task_id":"T","error_message":"m","worker_id":"w""#),
      ("worker_heartbeat", #""worker_id":"w""#),
    ] {
      let receipt = try bench.append(#"{"type":"\#(type)","payload":{\#(more)}}"#)
      late += 1
      #expect(receipt.flags == .late)
      #expect(try worker("w", bench).lateEvents == late, "\(type)")
    }
    #expect(try bench.engine.fold().rows == bench.dump().rows)
  }

  @Test(arguments: LogKind.allCases)
  func `dependencies in a circle are refused, whoever comes last`(kind: LogKind) throws {
    let bench = try Bench(kind)
    func declare(_ id: String, _ others: String...) throws(LogError) {
      let list = others.map { #""\#($0)""# }.joined(separator: ",")
      try bench.append(
        #"{"type":"task_created","payload":{"task_id":"\#(id)","name":"n","kind":"k","depends_on":[\#(list)]}}"#
      )
      try bench.append(
        #"{"type":"gate_declared","payload":{"gate_id":"\#(id)","name":"n","gate_type":"unit_tests","depends_on":[\#(list)]}}"#
      )
      try bench.append(
        #"{"type":"workstream_created","payload":{"workstream_id":"\#(id)","depends_on":[\#(list)]}}"#
      )
    }
    try declare("A", "B", "D")
    try declare("B", "C")
    try declare("D")
    let refusal = #expect(throws: LogError.self) { try declare("C", "D", "A") }
    #expect(refusal?.code == .rejected)
    #expect(refusal?.message.contains("task-C → task-A → task-B → task-C") == true)
    for (type, more) in [
      ("gate_declared", #""gate_id":"C","name":"n","gate_type":"unit_tests","depends_on":["A"]"#),
      ("workstream_created", #""workstream_id":"C","depends_on":["A"]"#),
    ] {
      #expect(throws: LogError.self, "\(type)") {
        try bench.append(#"{"type":"\#(type)","payload":{\#(more)}}"#)
      }
    }
    try declare("C", "D")
  }
}
