internal import Events
internal import Pipeline

/// What a thing is part of: the scopes whose budgets enclose it.
enum Scopes {
  /// The fields that name them, from the inside out.
  static let fields = ["workstream_id", "phase_id", "project_id"]

  /// The names of the budgets of scopes.
  static func budgets(_ members: [(field: String, id: String)]) -> [Name] {
    members.compactMap { member in
      var name = Array("budget-".utf8)
      name += member.field.utf8
      // `_id`
      name.removeLast(3)
      name.append(UInt8(ascii: ":"))
      name += member.id.utf8
      return Name(name)
    }
  }
}

/// Some of `Scopes.fields`, as bits.
private struct ScopeSet {
  private var bits: UInt8 = 0

  /// The fields that a payload does not have.
  init(missingIn payload: Payload) {
    for (index, field) in Scopes.fields.enumerated() where !payload.has(field) {
      bits |= 1 << UInt8(index)
    }
  }

  var isEmpty: Bool { bits == 0 }

  /// Takes those out that a declaration has.
  mutating func fill(
    from declaration: Payload?, into found: inout [(field: String, id: String)]
  ) {
    guard let declaration else { return }
    for (index, field) in Scopes.fields.enumerated() where bits & 1 << UInt8(index) != 0 {
      guard let id = declaration.text(field) else { continue }
      found.append((field, id))
      bits &= ~(1 << UInt8(index))
    }
  }
}

extension StateMachine {
  /// The scopes that an event does not name, but those do that it is part of: its task, the
  /// workstream and its run, each as it was declared.
  ///
  /// - Parameter events: where payloads are read.
  mutating func enclosingScopes(
    of payload: Payload, run: Name?,
    rows: borrowing some LogReader & ~Copyable & ~Escapable,
    events: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [(field: String, id: String)] {
    var missing = ScopeSet(missingIn: payload)
    var found: [(field: String, id: String)] = []
    guard !missing.isEmpty else { return [] }
    if let task = payload.text("task_id").flatMap({ Name("task-" + $0) }) {
      missing.fill(from: try declaration(of: task, rows: rows, events: events), into: &found)
    }
    let workstream =
      payload.text("workstream_id") ?? found.first { $0.field == "workstream_id" }?.id
    if !missing.isEmpty, let name = workstream.flatMap({ Name("workstream-" + $0) }) {
      missing.fill(from: try declaration(of: name, rows: rows, events: events), into: &found)
    }
    if !missing.isEmpty, let run {
      missing.fill(from: try declaration(of: run, rows: rows, events: events), into: &found)
    }
    return found
  }

  /// The payload of the event that declared an entity; nil when none did.
  mutating func declaration(
    of entity: Name,
    rows: borrowing some LogReader & ~Copyable & ~Escapable,
    events: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Payload? {
    guard let slot = try cache.load(entity, from: rows) else { return nil }
    return try payload(at: cache.state(slot)?.declaration, in: events)
  }

  /// The payload of an event that a row names.
  mutating func payload(
    at position: Position?, in events: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Payload? {
    guard let position, position > .none else { return nil }
    if let known = cache.payloads[position] { return known }
    guard let bytes = try events.event(at: position)?.payload, let payload = Payload(bytes) else {
      return nil
    }
    cache.payloads.keep(payload, bytes.count, at: position)
    return payload
  }
}
