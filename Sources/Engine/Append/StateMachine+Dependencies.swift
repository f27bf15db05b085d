internal import Events
internal import Pipeline

extension StateMachine {
  /// So many things are looked at for a circle of dependencies; beyond that none is looked for.
  private static var dependenciesMax: Int { 1000 }

  /// Refuses a declaration that closes a circle of `depends_on`: what waits for itself never
  /// begins.
  ///
  /// Only a thing that others wait for before it is declared can close one.
  mutating func mustNotWaitForItself(
    _ event: DomainEvent, _ question: Question,
    rows: borrowing some LogReader & ~Copyable & ~Escapable,
    events: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    let prefix: String
    switch event.type {
    case .task_created: prefix = "task-"
    case .gate_declared: prefix = "gate-"
    case .workstream_created: prefix = "workstream-"
    default: return
    }
    let own = question.name.id
    var waiting = event.payload.texts("depends_on").map { [$0] }
    var seen: Set<String> = []
    while let path = waiting.popLast(), let id = path.last, seen.count < Self.dependenciesMax {
      guard id != own else {
        let names = ([own] + path).map { prefix + $0 }.joined(separator: " → ")
        throw LogError(
          .rejected, "\(question.name) would wait for itself: \(names)", pointer: "/depends_on")
      }
      guard seen.insert(id).inserted, let name = Name(prefix + id) else { continue }
      // What is done waits for nothing any more.
      if let slot = try cache.load(name, from: rows),
        (cache.state(slot) as? TaskState)?.status == .completed
      {
        continue
      }
      let declared = try declaration(of: name, rows: rows, events: events)
      waiting += declared?.texts("depends_on").map { path + [$0] } ?? []
    }
  }
}
