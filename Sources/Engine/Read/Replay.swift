internal import Bytes
package import Events

/// Whole events, in the order in which they were read.
struct CollectedEvents: RecordCollector {
  private(set) var events: [Event] = []
  private(set) var byteCount = 0

  static var byteCountMax: Int { 1 << 20 }

  mutating func take(_ record: borrowing RecordView, at position: Position) {
    take(
      Event(
        position: position, envelope: record.envelope.owned, payload: record.payload,
        isRedacted: record.isRedacted))
  }

  mutating func take(_ event: Event) {
    byteCount += event.payload?.count ?? 0
    events.append(event)
  }
}

/// One stretch of a query, newest first.
private struct BackwardStretch: ReadUnit {
  let query: Query
  let start: Position
  var collector = CollectedEvents()
  /// Where the next stretch goes on; nil at the end.
  var next: Position?

  private static let recordCountMax = 10_000

  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    var position = min(start, try tables.head().position)
    var looked = 0
    let filter = RecordFilter(query)
    while position >= query.from, position > .none {
      guard looked < Self.recordCountMax, collector.byteCount < CollectedEvents.byteCountMax else {
        next = position
        break
      }
      looked += 1
      guard let event = try tables.event(at: position) else { break }
      if filter.passes(event) { collector.take(event) }
      position = position.previous
    }
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
    let query = try startingAtTime(query)
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
      let found = try stretch(of: query, from)
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

  /// The next events of a query, where to go on, and the position after the last record that was
  /// looked at when reading forwards.
  private func stretch(
    of query: Query, _ start: Position
  ) throws(LogError) -> (events: [Event], next: Position?, end: Position) {
    if query.isBackwards {
      var stretch = BackwardStretch(query: query, start: start)
      try log.read(&stretch)
      return (stretch.collector.events, stretch.next, query.from)
    }
    var stretch = ForwardStretch(query: query, start: start, collector: CollectedEvents())
    try log.read(&stretch)
    return (stretch.collector.events, stretch.next, stretch.end)
  }

  private func visit(
    _ positions: [Position], _ query: Query, _ body: (Event) throws(LogError) -> Bool
  ) throws(LogError) -> Position? {
    let filter = RecordFilter(query)
    for position in positions {
      let event = try event(.position(position))
      guard filter.passes(event) else { continue }
      guard try body(event) else { return position.next }
    }
    return nil
  }
}
