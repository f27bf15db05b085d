internal import Events

/// Takes up the records that a query shows.
protocol RecordCollector: Sendable {
  /// Roughly how many bytes are taken up in one go.
  static var byteCountMax: Int { get }
  /// What was taken up.
  var byteCount: Int { get }
  mutating func take(_ record: borrowing RecordView, at position: Position)
}

/// One stretch of a query, oldest first: as much as may be read in one go, so that no snapshot is
/// held while somebody prints.
struct ForwardStretch<Collector: RecordCollector>: ReadUnit, Sendable {
  let query: Query
  private let filter: RecordFilter
  let countMax: Int
  private let start: Position
  var collector: Collector
  private var course = Course()

  /// How many records were taken up.
  var count: Int { course.count }
  /// Where the next stretch goes on; nil at the end.
  var next: Position? { course.next }
  /// The position after the last record that was looked at.
  var end: Position { course.end ?? start }

  init(query: Query, start: Position, countMax: Int = .max, collector: Collector) {
    self.query = query
    filter = RecordFilter(query)
    self.countMax = countMax
    self.start = start
    self.collector = collector
  }

  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    try course.take(
      filter, from: start, to: query.to, countMax: countMax, of: tables, into: &collector)
  }
}

/// How far a stretch came: apart from the collector, so that what is done for each record asks for
/// the layout of no generic type.
private struct Course {
  var count = 0
  var next: Position?
  var end: Position?

  private static let positionCountMax: UInt64 = 10_000

  mutating func take<Collector: RecordCollector>(
    _ filter: RecordFilter, from first: Position, to last: Position, countMax: Int,
    of tables: borrowing some LogReader & ~Copyable & ~Escapable, into collector: inout Collector
  ) throws(LogError) {
    guard first <= last else { return }
    let byteCountMax = Collector.byteCountMax
    let bound = min(last, Position(first.rawValue &+ Self.positionCountMax))
    var stop: Position?
    let seen = try tables.scan(first...bound, of: filter.types) { (position, record) in
      guard count < countMax, collector.byteCount < byteCountMax else {
        stop = position
        return false
      }
      if filter.passesAll || filter.passes(record.envelope) {
        collector.take(record, at: position)
        count += 1
      }
      return true
    }
    end = stop ?? seen.next
    // Nothing follows what was asked for, or the log's end.
    if count < countMax { next = stop ?? (seen == bound && bound < last ? bound.next : nil) }
  }
}
