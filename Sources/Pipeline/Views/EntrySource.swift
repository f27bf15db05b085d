internal import Bytes
internal import Events
internal import JSON

/// What a view fetches besides the row: single events by position, and the live events of a
/// stream.
struct LiveEvent: Sendable {
  var event: Event
  /// Nil when the payload is gone or damaged.
  var payload: Payload?

  init(_ event: Event) {
    self.event = event
    payload = event.payload.flatMap { Payload($0) }
  }

  /// When the source says that it happened.
  var time: String { event.envelope.time.description }

  var type: EventType? { EventType(named: event.envelope.type) }
}

/// The event at a position that a row keeps; nil for `none`.
func liveEvent(
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
func liveHistory(
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
func state<State: EntityState>(
  of name: String, as type: State.Type,
  in tables: borrowing some LogReader & ~Copyable & ~Escapable
) throws(LogError) -> State? {
  guard let name = Name(name), let number = try tables.number(of: name),
    let row = try tables.row(number)
  else { return nil }
  return try decodeState(row, as: type)
}

/// Members that are written only when there is something to write.
extension JSONWriter {
  mutating func member(_ key: String, _ text: String?) {
    guard let text else { return }
    self.key(key)
    string(text)
  }

  mutating func member(_ key: String, orNull text: String?) {
    self.key(key)
    if let text { string(text) } else { null() }
  }

  mutating func member(_ key: String, _ number: some BinaryInteger) {
    self.key(key)
    int(number)
  }

  mutating func member(_ key: String, _ flag: Bool) {
    self.key(key)
    bool(flag)
  }

  /// Tokens as they were received.
  mutating func member(_ key: String, raw tokens: [UInt8]?) {
    guard let tokens else { return }
    self.key(key)
    raw(tokens)
  }

  mutating func member(_ key: String, _ texts: [String]) {
    self.key(key)
    beginArray()
    for text in texts { string(text) }
    endArray()
  }
}
