internal import Bytes
package import Events

/// One stretch of a replay: as much as may be read in one go, so that no snapshot is held while
/// somebody prints.
struct ReplayStretch: ReadUnit {
  /// What a stretch found.
  struct Found {
    var events: [Event] = []
    /// Where the next stretch goes on; nil at the end.
    var next: Position?
    /// Reading forwards: the position after the last record that was looked at.
    var end: Position
  }

  let query: Query
  let start: Position
  /// Records looked at, and events found, at the most.
  static let recordCountMax = 10_000
  static let byteCountMax = 1 << 20

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Found {
    query.isBackwards ? try backwards(tables) : try forwards(tables)
  }

  private func forwards(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Found {
    var found = Found(end: start)
    var looked = 0
    var byteCount = 0
    try tables.scan(from: start) { (position, record) throws(LogError) in
      guard position <= query.to else { return false }
      guard looked < Self.recordCountMax, byteCount < Self.byteCountMax else {
        found.next = position
        return false
      }
      looked += 1
      found.end = position.next
      if query.matches(record.envelope) {
        let event = Event(
          position: position, envelope: record.envelope.owned, payload: record.payload)
        byteCount += event.payload?.count ?? 0
        found.events.append(event)
      }
      return true
    }
    return found
  }

  private func backwards(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Found {
    var found = Found(end: start)
    var position = min(start, try tables.head().position)
    var looked = 0
    var byteCount = 0
    while position >= query.from, position > .none {
      guard looked < Self.recordCountMax, byteCount < Self.byteCountMax else {
        found.next = position
        break
      }
      looked += 1
      guard let event = try tables.event(at: position) else { break }
      if query.matches(event) {
        byteCount += event.payload?.count ?? 0
        found.events.append(event)
      }
      position = Position(position.rawValue - 1)
    }
    return found
  }
}

extension Query {
  /// Whether an event is shown, its position aside.
  func matches(_ event: Event) -> Bool {
    guard let bytes = event.envelope.encoded(), let view = EnvelopeView(bytes.rawSpan)
    else { return false }
    return matches(view)
  }
}

extension Engine {
  /// Visits the events of a query in order, until `body` returns false.
  ///
  /// No snapshot is held while `body` runs; events appended meanwhile are seen when reading
  /// forwards.
  ///
  /// - Returns: the position after the last record that was looked at, for going on later.
  @discardableResult
  package func replay(
    _ query: Query, _ body: (Event) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    var query = query
    if let since = query.since, query.clock == .log {
      query.from = max(query.from, try position(atOrAfter: since))
    }
    // Whoever goes on from what is returned must miss nothing: it is settled before reading.
    let head = try head().position
    if let positions = try linked(query) {
      return try visit(positions.filter { $0 <= head }, query, body) ?? head.next
    }
    if let last = query.last, !query.isBackwards {
      var tail = query
      tail.isBackwards = true
      tail.to = min(query.to, head)
      var events: [Event] = []
      try replay(tail) { (event) throws(LogError) in
        events.append(event)
        return events.count < last
      }
      for event in events.reversed() where try !body(event) { break }
      return head.next
    }
    return try visitAll(query, body)
  }

  private func visitAll(
    _ query: Query, _ body: (Event) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    var left = query.last ?? .max
    var start: Position? = query.isBackwards ? query.to : query.from
    var end = query.from
    while let from = start {
      var stretch = ReplayStretch(query: query, start: from)
      let found = try log.read(&stretch)
      for event in found.events {
        guard left > 0 else { return end }
        left -= 1
        end = event.position.next
        guard try body(event) else { return end }
      }
      end = max(end, found.end)
      start = found.next
    }
    return end
  }

  private func visit(
    _ positions: [Position], _ query: Query, _ body: (Event) throws(LogError) -> Bool
  ) throws(LogError) -> Position? {
    for position in positions {
      let event = try event(.position(position))
      guard query.matches(event) else { continue }
      guard try body(event) else { return position.next }
    }
    return nil
  }
}
