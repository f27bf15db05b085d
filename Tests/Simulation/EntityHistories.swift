internal import Bytes
internal import Engine
internal import Events

/// Which state each entity is in: that of its last event that was not undone.
struct EntityHistories {
  private var steps: [String: [(id: ULID, target: String)]] = [:]
  /// Tools that were called: their circuits are closed unless an event says otherwise.
  private var called: Set<String> = []

  /// The steps that were taken.
  private(set) var coverage = Coverage()
  /// Whether an edge is taken for forbidden, to see that this is noticed.
  var lacksAnEdge = false

  /// The entities that have or had a state, in the order of their names.
  var entities: [String] { Set(steps.keys).union(called).sorted() }

  func state(of entity: String) -> String? {
    steps[entity]?.last?.target ?? (called.contains(entity) ? "closed" : nil)
  }

  /// Takes an event in; throws when the table has no such edge.
  mutating func take(
    _ receipt: Receipt, entity: String, target: String?, isImported: Bool
  ) throws(Breach) {
    if receipt.type.hasPrefix("tool_call_") { called.insert(entity) }
    // What comes late changes no state.
    guard let target, let table = DocumentedTable.of(entity), !receipt.flags.contains(.late)
    else { return }
    let from = state(of: entity)
    // A person may reset any circuit, and an import is judged, not refused.
    if !isImported, receipt.type != "circuit_reset" {
      try demand(
        table.allows(from, target) && !(lacksAnEdge && from == "assigned"),
        "\(entity) went from \(from ?? "nothing") to \(target) by \(receipt.type) at "
          + "\(receipt.position)")
      coverage.note(entity, from: from, to: target)
    }
    steps[entity, default: []].append((receipt.eventID, target))
  }

  mutating func cancel(_ id: ULID, of entity: String) {
    steps[entity]?.removeAll { $0.id == id }
  }
}
