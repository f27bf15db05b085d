package import Bytes
package import Events

/// Reads a small value kept with the log.
package struct ReadValue: ReadUnit {
  let key: String

  package func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [UInt8]? { try tables.value(key) }
}

/// Reads the log's end.
struct ReadHead: ReadUnit {
  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Head { try tables.head() }
}

/// Finds one event.
struct ReadEvent: ReadUnit {
  let reference: EventReference

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Event? {
    switch reference {
    case .position(let position): return try tables.event(at: position)
    case .id(let id):
      guard let entry = try tables.entry(for: .event(id)) else { return nil }
      return try tables.event(at: entry.position)
    }
  }
}

/// How people name an event: by its position or its id.
package enum EventReference: Hashable, Sendable, CustomStringConvertible {
  case position(Position)
  case id(ULID)

  /// Nil when the text is neither a position nor an id.
  package init?(_ text: String) {
    if text.utf8.count < 20, let number = UInt64(text), number > 0 {
      self = .position(Position(number))
    } else if let id = ULID(text) {
      self = .id(id)
    } else {
      return nil
    }
  }

  package var description: String {
    switch self {
    case .position(let position): "position \(position)"
    case .id(let id): "id \(id)"
    }
  }
}

extension Engine {
  /// The log's end.
  package func head() throws(LogError) -> Head {
    var unit = ReadHead()
    return try log.read(&unit)
  }

  /// One event; throws `notFound` when there is none.
  package func event(_ reference: EventReference) throws(LogError) -> Event {
    var unit = ReadEvent(reference: reference)
    if let event = try log.read(&unit) { return event }
    throw LogError(
      .notFound, "there is no event of \(reference)",
      actual: "the log ends at position \(try head().position)")
  }
}
