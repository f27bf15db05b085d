internal import Bytes
package import Events

/// What a view fetches besides the row: single events by position, and the live events of a
/// stream.
package struct LiveEvent: Sendable {
  package var event: Event
  /// Nil when the payload is gone or damaged.
  package var payload: Payload?

  init(_ event: Event) {
    self.event = event
    payload = event.payload.flatMap { Payload($0) }
  }

  /// When the source says that it happened.
  package var time: String { event.envelope.time.description }

  package var type: EventType? { EventType(named: event.envelope.type) }
}

/// The event at a position that a row keeps; nil for `none`.
package func liveEvent(
  at position: Position, in tables: borrowing some LogReader & ~Copyable & ~Escapable
) throws(LogError) -> LiveEvent? {
  guard position > .none else { return nil }
  guard let event = try tables.event(at: position) else {
    throw LogError(.corruption, "no event at position \(position), which a row of state names")
  }
  return LiveEvent(event)
}

/// The events of a stream, oldest first, without those that a later event in it reverses, without
/// the reversals themselves, and without late ones.
package func liveHistory(
  endingAt last: Position, in tables: borrowing some LogReader & ~Copyable & ~Escapable
) throws(LogError) -> [LiveEvent] {
  let events = try history(endingAt: last, in: tables).map { LiveEvent($0) }
  var cancelled: Set<String> = []
  for event in events where event.type == .event_reversed {
    if let target = event.payload?.text("target") { cancelled.insert(target) }
  }
  return events.filter {
    $0.type != .event_reversed && !$0.event.envelope.flags.contains(.late)
      && !cancelled.contains($0.event.envelope.eventID.description)
  }
}

/// The state of another entity; nil when the log has no row of that name.
package func state<State: EntityState>(
  of name: String, as type: State.Type,
  in tables: borrowing some LogReader & ~Copyable & ~Escapable
) throws(LogError) -> State? {
  guard let name = Name(name), let number = try tables.number(of: name),
    let row = try tables.row(number)
  else { return nil }
  return try decodeState(row, as: type)
}
