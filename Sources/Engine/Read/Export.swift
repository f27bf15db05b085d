internal import Bytes
package import Events

/// Writes one stored record in some text form, straight from the record.
package protocol RecordRenderer: Sendable {
  func render(_ record: borrowing RecordView, at position: Position, to out: inout [UInt8])
}

/// One stretch of an export: as much text as is handed out in one go.
private struct ExportStretch<Renderer: RecordRenderer>: ReadUnit {
  let query: Query
  let renderer: Renderer
  let start: Position
  let countMax: Int

  struct Found {
    var text: [UInt8] = []
    var count = 0
    /// Where the next stretch goes on; nil at the end.
    var next: Position?
    /// The position after the last record that was looked at.
    var end: Position
  }

  private static var byteCountMax: Int { 256 << 10 }
  private static var recordCountMax: Int { 10_000 }

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Found {
    var found = Found(end: start)
    found.text.reserveCapacity(Self.byteCountMax + (64 << 10))
    var looked = 0
    let matchesAll = query.matchesAll
    try tables.scan(from: start) { (position, record) throws(LogError) in
      guard position <= query.to, found.count < countMax else { return false }
      guard looked < Self.recordCountMax, found.text.count < Self.byteCountMax else {
        found.next = position
        return false
      }
      looked += 1
      found.end = position.next
      if matchesAll || query.matches(record.envelope) {
        renderer.render(record, at: position, to: &found.text)
        found.count += 1
      }
      return true
    }
    return found
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
      var stretch = ExportStretch(query: query, renderer: renderer, start: from, countMax: left)
      let found = try log.read(&stretch)
      left -= found.count
      end = max(end, found.end)
      guard try write(found.text, end) else { return end }
      start = found.next
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
