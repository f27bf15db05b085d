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
    var left = query.last ?? .max
    var start: Position? = query.from
    var end = query.from
    while let from = start, left > 0 {
      var stretch = ForwardStretch(
        query: query, start: from, countMax: left, collector: RenderedText(renderer))
      try log.read(&stretch)
      left -= stretch.count
      end = max(end, stretch.end)
      guard try write(stretch.collector.text, end) else { return end }
      start = stretch.next
    }
    return end
  }
}

extension Query {
  /// Whether every record is shown, positions aside.
  var matchesAll: Bool {
    stream == nil && runID == nil && category == nil && types.isEmpty && source == nil
      && labels.isEmpty && correlationID == nil && since == nil && until == nil
  }
}
