internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

@Suite struct UndoTests {
  private func task(_ type: String, _ more: String = "", id: String = "T1") -> String {
    #"{"type":"task_\#(type)","payload":{"task_id":"\#(id)"\#(more)}}"#
  }

  private func reversal(of id: ULID, _ more: String = "") -> String {
    #"{"type":"event_reversed","payload":{"target":"\#(id)","reason":"test"}\#(more)}"#
  }

  private let created = #","name":"n","kind":"code""#

  /// The decoded state of a row.
  private func state(_ name: String, _ bench: Bench) throws -> (any EntityState)? {
    let dump = try bench.dump()
    guard let name = Name(name), let number = dump.names[name], let row = dump.rows[number]
    else { return nil }
    return try decodeState(row)
  }

  private func fields(_ name: String, _ bench: Bench) throws -> [UInt8] {
    let dump = try bench.dump()
    let number = try #require(Name(name).flatMap { dump.names[$0] })
    return try #require(dump.rows[number]).fields
  }

  @Test(arguments: LogKind.allCases)
  func `undoing event by event brings back each state before`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let lines = [
      task("created", created), task("assigned", #","worker_id":"w""#), task("started"),
      task("completed"),
    ]
    var states: [[UInt8]] = []
    var ids: [ULID] = []
    for line in lines {
      ids.append(try bench.append(line).eventID)
      states.append(try fields("task-T1", bench))
    }
    #expect(Set(states).count == 4)
    for index in (1..<lines.count).reversed() {
      let receipt = try bench.append(reversal(of: ids[index]))
      #expect(receipt.stream == Name("task-T1"))
      #expect(try fields("task-T1", bench) == states[index - 1], "after undoing \(lines[index])")
      try bench.reopen()
    }
    // The event itself stays, and says what it cancels.
    let events = try bench.dump().events
    #expect(events.count == 7)
    #expect(events.suffix(3).map(\.envelope.reverses) == [ids[3], ids[2], ids[1]])
    #expect(try state("task-T1", bench)?.stateName == "pending")
    // After that it goes on as if nothing had been.
    #expect(try bench.append(lines[1]).revision == 8)
  }

  @Test(arguments: LogKind.allCases)
  func `what may not be undone is refused, and says why`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let first = try bench.append(task("created", created)).eventID
    let second = try bench.append(task("assigned", #","worker_id":"w""#)).eventID
    let worker = try bench.append(
      #"{"type":"worker_spawned","payload":{"worker_id":"w","adapter_type":"a"}}"#)
    let beat = try bench.append(#"{"type":"worker_heartbeat","payload":{"worker_id":"w"}}"#).eventID
    let domain = try bench.append(
      #"{"type":"worker_quarantined","payload":{"worker_id":"w","reason":"r"}}"#
    ).eventID
    let before = try bench.dump()
    func refusal(_ id: ULID) -> LogError? {
      #expect(throws: LogError.self) { try bench.append(reversal(of: id)) }
    }
    #expect(refusal(first)?.code == .rejected)  // not the newest
    #expect(refusal(beat)?.code == .rejected)  // none
    #expect(refusal(domain)?.code == .rejected)  // domain
    #expect(refusal(domain)?.hint?.isEmpty == false)
    #expect(refusal(worker.eventID)?.code == .rejected)  // something came after
    #expect(refusal(ULID(high: 1, low: 1))?.code == .notFound)
    #expect(try bench.dump() == before)
    let undoing = try bench.append(reversal(of: second)).eventID
    #expect(refusal(second)?.code == .rejected)  // twice
    #expect(refusal(undoing)?.code == .rejected)  // a reversal
    #expect(throws: Never.self) { try bench.append(reversal(of: first)) }
  }

  @Test(arguments: LogKind.allCases)
  func `neutral events survive the undoing of what came before them`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let spawn = #"{"type":"worker_spawned","payload":{"worker_id":"w","adapter_type":"a"}}"#
    try bench.append(spawn)
    let idle = try bench.append(#"{"type":"worker_idle","payload":{"worker_id":"w"}}"#).eventID
    bench.clock.advance(seconds: 50)
    try bench.append(#"{"type":"worker_heartbeat","payload":{"worker_id":"w","progress":1}}"#)
    let beat = bench.clock.now()
    bench.clock.advance(seconds: 50)
    try bench.append(reversal(of: idle))
    let worker = try #require(try state("worker-w", bench) as? WorkerState)
    #expect(worker.status == .spawning)
    #expect(worker.lastHeartbeat == beat)
  }

  @Test(arguments: LogKind.allCases)
  func `a reversal that lost a race is worked out again`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(task("created", created))
    let assigned = try bench.append(task("assigned", #","worker_id":"w""#)).eventID
    let prepared = try bench.engine.prepare(bench.draft(reversal(of: assigned)))
    // Somebody else is faster; a neutral event does not stand in the way.
    try bench.append(task("progress", #","progress":1"#))
    let outcome = try #require(try bench.engine.append([prepared]).first)
    #expect(outcome.refusal?.code == .conflict)
    // The single append plans anew by itself.
    #expect(try bench.append(reversal(of: assigned)).revision == 4)
    #expect(try state("task-T1", bench)?.stateName == "pending")
  }

  @Test(arguments: LogKind.allCases)
  func `a reversal can be sent again`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(task("created", created))
    let assigned = try bench.append(task("assigned", #","worker_id":"w""#)).eventID
    let line = reversal(of: assigned, #","event_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV""#)
    let first = try bench.append(line)
    var again = try bench.append(line)
    #expect(again.isDuplicate)
    again.isDuplicate = false
    #expect(again == first)
  }

  @Test(arguments: LogKind.allCases)
  func `undoing a reservation gives its money back`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let reserve =
      #"{"type":"cost_reserved","payload":{"reservation_id":"r1","estimate_micro_usd":500,"task_id":"T1"}}"#
    let receipt = try bench.append(reserve)
    #expect((try state("budget-total", bench) as? BudgetState)?.reservedMicroUSD == 500)
    try bench.append(reversal(of: receipt.eventID))
    for name in ["budget-total", "budget-task:T1"] {
      let budget = try #require(try state(name, bench) as? BudgetState)
      #expect(budget.reservedMicroUSD == 0)
      #expect(budget.spentMicroUSD == 0)
    }
  }

  @Test(arguments: LogKind.allCases)
  func `a charge from another stream outlives the undoing of its reservation`(kind: LogKind) throws
  {
    let bench = try Bench(kind)
    let run = #","run_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV""#
    let reserved = try bench.append(
      #"{"type":"cost_reserved","payload":{"reservation_id":"r1","estimate_micro_usd":500}\#(run)}"#
    )
    func charge(_ id: String, _ more: String) throws(LogError) -> Receipt {
      try bench.append(
        #"{"type":"cost_charged","payload":{"charge_id":"\#(id)","reservation_id":"r1","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":70}\#(more)}"#
      )
    }
    // The reservation is of a run's stream, the charge of the log's own.
    #expect(try charge("c1", "").stream != reserved.stream)
    let settled = try fields("reservation-r1", bench)
    let undone = Result { () throws(LogError) in try bench.append(reversal(of: reserved.eventID)) }
    // Either way the charge stays settled: money is spent.
    let state = try #require(try state("reservation-r1", bench) as? ReservationState)
    #expect(state.status == .settled, "undone: \(undone), settled: \(settled)")
  }

  private func charge(_ id: String, _ more: String = "") -> String {
    #"{"type":"cost_charged","payload":{"charge_id":"\#(id)","reservation_id":"r1","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":70}\#(more)}"#
  }

  @Test(arguments: LogKind.allCases, ["", #","run_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV""#])
  func `undoing the charge that settled a reservation opens it again`(
    kind: LogKind, run: String
  ) throws {
    let bench = try Bench(kind)
    try bench.append(
      #"{"type":"cost_reserved","payload":{"reservation_id":"r1","estimate_micro_usd":500},"run_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#
    )
    let open = try fields("reservation-r1", bench)
    let money = try fields("budget-total", bench)
    // From the reservation's own stream, and from the log's.
    let charged = try bench.append(charge("c1", run))
    #expect(try fields("reservation-r1", bench) != open)
    let (plan, receipts) = try bench.engine.compensate(
      .event(.position(charged.position)), reason: "twice", operator: nil, AppendOptions())
    #expect(receipts.count == 1)
    #expect(plan.steps.map(\.stateBefore) == ["settled"])
    #expect(plan.steps.map(\.stateAfter) == ["open"])
    #expect(plan.proofs.map(\.holds) == [true])
    #expect(plan.proofs.map(\.state) == ["open"])
    #expect(try fields("reservation-r1", bench) == open)
    #expect(try fields("budget-total", bench) == money)
    // A fold of the log comes to the same, and the reservation can be released or charged.
    let folder = try bench.engine.fold()
    #expect(folder.rows == (try bench.dump().rows))
    try bench.append(charge("c2", run))
    #expect(try state("reservation-r1", bench)?.stateName == "settled")
  }

  @Test(arguments: LogKind.allCases)
  func `a reservation stays settled until its last charge is undone`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(
      #"{"type":"cost_reserved","payload":{"reservation_id":"r1","estimate_micro_usd":500}}"#)
    let first = try bench.append(charge("c1"))
    let second = try bench.append(charge("c2", #","run_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV""#))
    try bench.append(reversal(of: first.eventID))
    #expect(try state("reservation-r1", bench)?.stateName == "settled")
    try bench.append(reversal(of: second.eventID))
    #expect(try state("reservation-r1", bench)?.stateName == "open")
    let budget = try #require(try state("budget-total", bench) as? BudgetState)
    #expect(budget.reservedMicroUSD == 500)
    #expect(budget.spentMicroUSD == 0)
  }

  @Test(arguments: LogKind.allCases)
  func `undoing a failed validation undoes the drop and the review with it`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let patch = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    let artifact =
      #"{"patch_id":"\#(patch)","format":"unified_diff","target_repo":"r","origin":{"execution_request_id":"\#(patch)","tool_id":"aider","created_at":"2025-11-22T09:15:08Z"},"diff_text":"d"}"#
    try bench.append(
      #"{"type":"patch_created","payload":{"project_id":"p","artifact":\#(artifact)}}"#)
    let before = try fields("patch-\(patch)", bench)
    let failed = try bench.append(
      #"{"type":"patch_validation_failed","payload":{"patch_id":"\#(patch)","validation":{"format_ok":true,"scope_ok":false,"constraints_ok":true},"policy":{"digest":"\#(String(repeating: "0", count: 64))"}}}"#
    )
    #expect(failed.reactions.map(\.type) == ["patch_dropped", "review_requested"])
    #expect(try state("patch-\(patch)", bench)?.stateName == "dropped")
    let (plan, _) = try bench.engine.compensate(
      .event(.position(failed.position)), reason: "a wrong policy", operator: nil, AppendOptions())
    #expect(plan.steps.count == 3)
    #expect(plan.proofs.map(\.holds) == [true, true])
    #expect(try fields("patch-\(patch)", bench) == before)
    #expect(try state("patch-\(patch)", bench)?.stateName == "created")
  }
}
