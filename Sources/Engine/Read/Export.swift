internal import Bytes
package import Events

/// Writes one stored record in some text form, straight from the record.
package protocol RecordRenderer: Sendable {
  func render(_ record: borrowing RecordView, at position: Position, to out: inout [UInt8])
}

/// The text of some events.
private struct RenderedText<Renderer: RecordRenderer>: RecordCollector {
  let renderer: Renderer
  var text: [UInt8] = []

  static var byteCountMax: Int { 256 << 10 }

  init(_ renderer: Renderer) {
    self.renderer = renderer
    text.reserveCapacity(Self.byteCountMax + (64 << 10))
  }

  var byteCount: Int { text.count }

  mutating func take(_ record: borrowing RecordView, at position: Position) {
    renderer.render(record, at: position, to: &text)
  }
}

/// Nothing of the records: a stretch counts them.
private struct CountedRecords: RecordCollector {
  static var byteCountMax: Int { .max }
  var byteCount: Int { 0 }

  mutating func take(_ record: borrowing RecordView, at position: Position) {}
}

extension Engine {
  /// Renders the events of a query, oldest first, and hands the text out in pieces.
  ///
  /// No snapshot is held while `write` runs.
  ///
  /// - Parameter write: takes the text of some events and the position after the last of them;
  ///   false to stop.
  /// - Returns: the position after the last record that was looked at.
  @discardableResult
  package func export(
    _ query: Query, _ renderer: some RecordRenderer,
    _ write: ([UInt8], Position) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    try read(query, into: { RenderedText(renderer) }) { (stretch) throws(LogError) in
      try write(stretch.collector.text, stretch.end)
    }
  }

  /// How many events a query shows.
  package func count(_ query: Query) throws(LogError) -> Int {
    var count = 0
    // Positions have no gaps.
    if RecordFilter(query).passesAll {
      let last = min(query.to, try head().position).rawValue
      let first = max(query.from.rawValue, 1)
      return first > last ? 0 : min(query.last ?? .max, Int(clamping: last - first) + 1)
    }
    // Links lead to the events of a stream or a run.
    if query.stream != nil || query.runID != nil {
      try replay(query) { _ in
        count += 1
        return true
      }
      return count
    }
    _ = try read(startingAtTime(query), into: CountedRecords.init) { stretch in
      count += stretch.count
      return true
    }
    return count
  }

  /// The same query, beginning where its time begins.
  package func startingAtTime(_ query: Query) throws(LogError) -> Query {
    guard let since = query.since, query.clock == .log else { return query }
    var query = query
    query.from = max(query.from, try position(atOrAfter: since))
    return query
  }
}
