internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// What is spent and reserved, counted from the events alone.
private struct NaiveBudgets: Equatable {
  struct Sums: Equatable {
    var reserved: Int64 = 0
    var spent: Int64 = 0
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0
    var charges: Int64 = 0
  }

  var sums: [String: Sums] = [:]

  init(_ events: [Event]) {
    let cancelled = Set(events.compactMap(\.envelope.reverses))
    var open: [String: (amount: Int64, scopes: [String])] = [:]
    var settled: Set<String> = []
    for event in events {
      guard !cancelled.contains(event.envelope.eventID) else { continue }
      guard let payload = event.payload.flatMap({ Payload($0) }) else { continue }
      let reservation = payload.text("reservation_id")
      switch event.envelope.type {
      case "cost_reserved":
        guard let reservation, !settled.contains(reservation) else { continue }
        open[reservation] = (payload.integer("estimate_micro_usd") ?? 0, scopes(event, payload))
      case "cost_released": if let reservation { open[reservation] = nil }
      case "cost_charged":
        if let reservation {
          open[reservation] = nil
          settled.insert(reservation)
        }
        for scope in scopes(event, payload) {
          sums[scope, default: Sums()].spent += payload.integer("amount_micro_usd") ?? 0
          sums[scope, default: Sums()].inputTokens += payload.integer("input_tokens") ?? 0
          sums[scope, default: Sums()].outputTokens += payload.integer("output_tokens") ?? 0
          sums[scope, default: Sums()].charges += 1
        }
      default: break
      }
    }
    for (amount, scopes) in open.values {
      for scope in scopes { sums[scope, default: Sums()].reserved += amount }
    }
    sums = sums.filter { $0.value != Sums() }
  }

  /// From the stored rows.
  init(_ dump: LogDump) throws {
    for (name, number) in dump.names where name.category == "budget" {
      let row = try #require(dump.rows[number])
      let state = try #require(try decodeState(row) as? BudgetState)
      let sums = Sums(
        reserved: state.reservedMicroUSD, spent: state.spentMicroUSD,
        inputTokens: state.inputTokens, outputTokens: state.outputTokens, charges: state.charges)
      if sums != Sums() { self.sums[name.description] = sums }
    }
  }
}

private func scopes(_ event: Event, _ payload: Payload) -> [String] {
  var scopes = ["budget-total"]
  for (prefix, field) in [
    ("task", "task_id"), ("worker", "worker_id"), ("workstream", "workstream_id"),
    ("phase", "phase_id"), ("project", "project_id"), ("model", "model"),
  ] {
    if let value = payload.text(field) { scopes.append("budget-\(prefix):\(value)") }
  }
  if let run = event.envelope.runID { scopes.append("budget-run:\(run)") }
  return scopes
}

@Suite struct SumTests {
  @Test(arguments: LogKind.allCases)
  func `budgets equal what the events that count add up to`(kind: LogKind) throws {
    try forAll(seed: 90, count: kind == .memory ? 12 : 4) { generator in
      let bench = try Bench(kind, seed: generator.next())
      var maker = HistoryMaker(seed: generator.next())
      for _ in 0..<4 {
        try maker.grow(bench, count: 120)
        let dump = try bench.dump()
        let (stored, expected) = (try NaiveBudgets(dump), NaiveBudgets(dump.events))
        for name in Set(stored.sums.keys).union(expected.sums.keys) {
          try #require(stored.sums[name] == expected.sums[name], "\(name)")
        }
      }
    }
  }

  @Test func `a sum that is off by one would be noticed`() throws {
    let bench = try Bench(.memory)
    try bench.append(
      #"{"type":"cost_charged","payload":{"charge_id":"c","model":"m","input_tokens":1,"output_tokens":2,"amount_micro_usd":3}}"#
    )
    let dump = try bench.dump()
    #expect(try NaiveBudgets(dump) == NaiveBudgets(dump.events))
    #expect(try NaiveBudgets(dump) != NaiveBudgets([]))
  }

  @Test(arguments: LogKind.allCases)
  func `undoing a charge takes its money out of every scope`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let charge = try bench.append(
      #"{"type":"cost_charged","payload":{"charge_id":"c","model":"m","input_tokens":1,"output_tokens":2,"amount_micro_usd":3,"task_id":"T","worker_id":"w"},"run_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#
    )
    #expect(try NaiveBudgets(bench.dump()).sums.count == 5)
    try bench.append(
      #"{"type":"event_reversed","payload":{"target":"\#(charge.eventID)","reason":"r"}}"#)
    #expect(try NaiveBudgets(bench.dump()).sums.isEmpty)
  }
}

@Suite struct ImportTests {
  private func append(_ bench: Bench, _ line: String) throws(LogError) -> Receipt {
    var draft = try bench.draft(line)
    draft.flags.insert(.imported)
    return try bench.engine.append(draft)
  }

  @Test(arguments: LogKind.allCases)
  func `an imported event that breaks the rules is stored with a verdict`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let fine = try append(
      bench, #"{"type":"task_created","payload":{"task_id":"T","name":"n","kind":"code"}}"#)
    let broken = try append(bench, #"{"type":"task_completed","payload":{"task_id":"T"}}"#)
    #expect(throws: LogError.self) {
      try bench.append(#"{"type":"task_failed","payload":{"task_id":"T","error_message":"m"}}"#)
    }
    let fineEvent = try bench.engine.event(.position(fine.position)).envelope
    let brokenEvent = try bench.engine.event(.position(broken.position)).envelope
    #expect(fineEvent.verdict == 0)
    #expect(brokenEvent.verdict == 1)
    #expect(fineEvent.flags.contains(.imported) && brokenEvent.flags.contains(.imported))
  }

  @Test(arguments: LogKind.allCases)
  func `imports make no reactions`(kind: LogKind) throws {
    let bench = try Bench(kind)
    for type in ["task_created", "task_assigned", "task_started", "task_failed"] {
      let more =
        switch type {
        case "task_created": #","name":"n","kind":"code""#
        case "task_assigned": #","worker_id":"w""#
        case "task_failed": #","failure_kind":"test","error_message":"m""#
        default: ""
        }
      let receipt = try append(bench, #"{"type":"\#(type)","payload":{"task_id":"T"\#(more)}}"#)
      #expect(receipt.reactions.isEmpty)
    }
    #expect(try bench.engine.head().position == Position(4))
  }

  @Test(arguments: LogKind.allCases)
  func `a budget that an import breaks is another verdict`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(
      #"{"type":"budget_set","payload":{"scope":"total","limit_micro_usd":10,"mode":"halt"}}"#)
    let line = #"{"type":"cost_reserved","payload":{"reservation_id":"r","estimate_micro_usd":11}}"#
    let error = #expect(throws: LogError.self) { try bench.append(line) }
    #expect(error?.code == .budget)
    let receipt = try append(bench, line)
    #expect(try bench.engine.event(.position(receipt.position)).envelope.verdict == 2)
  }
}
