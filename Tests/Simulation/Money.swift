internal import Events
internal import Pipeline
internal import TestSupport

/// What budgets hold, counted from the events that stand.
struct Money: Equatable {
  struct Sums: Equatable {
    var reserved: Int64 = 0
    var spent: Int64 = 0
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0
    var charges: Int64 = 0
  }

  private(set) var sums: [String: Sums] = [:]

  /// Counts each charge and each reservation that nobody settled or gave back.
  init(countedFrom events: [Event]) {
    let undone = Set(events.compactMap(\.envelope.reverses))
    var open: [String: (amount: Int64, scopes: [String])] = [:]
    var settled: Set<String> = []
    for event in events where !undone.contains(event.envelope.eventID) {
      guard let payload = event.payload.flatMap({ Payload($0) }) else { continue }
      let reservation = payload.text("reservation_id")
      switch event.envelope.type {
      case "cost_reserved":
        guard let reservation, !settled.contains(reservation) else { continue }
        open[reservation] = (
          payload.integer("estimate_micro_usd") ?? 0, Self.scopes(event, payload)
        )
      case "cost_released": if let reservation { open[reservation] = nil }
      case "cost_charged":
        if let reservation {
          open[reservation] = nil
          settled.insert(reservation)
        }
        for scope in Self.scopes(event, payload) { sums[scope, default: Sums()].add(payload) }
      default: break
      }
    }
    for (amount, scopes) in open.values {
      for scope in scopes { sums[scope, default: Sums()].reserved += amount }
    }
    sums = sums.filter { $0.value != Sums() }
  }

  /// What the rows say.
  init(storedIn dump: LogDump) throws {
    for (name, number) in dump.names where name.category == "budget" {
      guard let row = dump.rows[number], let state = try decodeState(row) as? BudgetState
      else { throw Breach("\(name) has no row") }
      let found = Sums(
        reserved: state.reservedMicroUSD, spent: state.spentMicroUSD,
        inputTokens: state.inputTokens, outputTokens: state.outputTokens, charges: state.charges)
      if found != Sums() { sums[name.description] = found }
    }
  }

  /// The scopes in which another one says something else.
  func differences(from other: Money) -> [String] {
    Set(sums.keys).union(other.sums.keys).filter { sums[$0] != other.sums[$0] }.sorted()
  }

  private static func scopes(_ event: Event, _ payload: Payload) -> [String] {
    var scopes = ["budget-total"]
    for scope in ["task", "worker", "workstream", "phase", "project", "model"] {
      if let id = payload.text(scope == "model" ? scope : scope + "_id") {
        scopes.append("budget-\(scope):\(id)")
      }
    }
    if let run = event.envelope.runID { scopes.append("budget-run:\(run)") }
    return scopes
  }
}

extension Money.Sums {
  fileprivate mutating func add(_ charge: Payload) {
    spent += charge.integer("amount_micro_usd") ?? 0
    inputTokens += charge.integer("input_tokens") ?? 0
    outputTokens += charge.integer("output_tokens") ?? 0
    charges += 1
  }
}
