internal import Engine
internal import Events

/// Lines on their way into the log, in order.
struct Batch: Sendable {
  /// A line after everything that needs no lock.
  enum Item: Sendable {
    case prepared(PreparedDraft)
    /// A reversal: what it comes to depends on the lines before it.
    case deferred(Draft)
    case refused(LogError)
  }

  private(set) var items: [Item] = []
  /// The lines' numbers.
  private(set) var lines: [Int] = []
  private(set) var byteCount = 0

  var isEmpty: Bool { items.isEmpty }

  mutating func add(_ item: Item, line: Int, byteCount count: Int) {
    items.append(item)
    lines.append(line)
    byteCount += count
  }

  /// Whether all of another batch can be committed together with this one.
  func hasRoom(for other: Batch, _ limits: BatchLimits) -> Bool {
    items.count + other.items.count <= limits.eventCount
      && byteCount + other.byteCount <= limits.byteCount
  }

  mutating func append(_ other: Batch) {
    items += other.items
    lines += other.lines
    byteCount += other.byteCount
  }
}

/// What is committed together at the most.
struct BatchLimits: Sendable {
  var eventCount: Int
  var byteCount: Int
}
