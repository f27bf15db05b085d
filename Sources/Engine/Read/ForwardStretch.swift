internal import Events

/// Takes up the records that a query shows.
protocol RecordCollector {
  /// Roughly how many bytes are taken up in one go.
  static var byteCountMax: Int { get }
  /// What was taken up.
  var byteCount: Int { get }
  mutating func take(_ record: borrowing RecordView, at position: Position)
}

/// One stretch of a query, oldest first: as much as may be read in one go, so that no snapshot is
/// held while somebody prints.
struct ForwardStretch<Collector: RecordCollector>: ReadUnit {
  let query: Query
  let countMax: Int
  private let start: Position
  var collector: Collector
  /// How many records were taken up.
  private(set) var count = 0
  /// Where the next stretch goes on; nil at the end.
  private(set) var next: Position?
  /// The position after the last record that was looked at.
  private(set) var end: Position

  private static var recordCountMax: Int { 10_000 }

  init(query: Query, start: Position, countMax: Int = .max, collector: Collector) {
    self.query = query
    self.countMax = countMax
    self.start = start
    self.collector = collector
    end = start
  }

  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    var looked = 0
    let matchesAll = query.matchesAll
    try tables.scan(from: start) { (position, record) throws(LogError) in
      guard position <= query.to, count < countMax else { return false }
      guard looked < Self.recordCountMax, collector.byteCount < Collector.byteCountMax else {
        next = position
        return false
      }
      looked += 1
      end = position.next
      if matchesAll || query.matches(record.envelope) {
        collector.take(record, at: position)
        count += 1
      }
      return true
    }
  }
}
