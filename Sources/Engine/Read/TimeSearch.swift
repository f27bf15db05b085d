package import Bytes
package import Events

/// Finds positions by the log's clock, which never falls: by halving.
struct FindTime: ReadUnit {
  let time: Timestamp
  /// Whether events at the very moment count as before it.
  let isAfter: Bool

  /// The first position whose time is at (or, with `isAfter`, later than) the moment; one past the
  /// end when there is none.
  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Position {
    var low: UInt64 = 1
    var high = try tables.head().position.next.rawValue
    while low < high {
      let middle = low + (high - low) / 2
      guard let event = try tables.event(at: Position(middle)) else {
        throw LogError(.corruption, "there is no event at position \(middle)")
      }
      let recorded = event.envelope.recordedAt
      if recorded < time || (isAfter && recorded == time) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return Position(low)
  }
}

extension Engine {
  /// The first position recorded at or after a moment; one past the end when there is none.
  package func position(atOrAfter time: Timestamp) throws(LogError) -> Position {
    var unit = FindTime(time: time, isAfter: false)
    return try log.read(&unit)
  }

  /// The last position recorded at or before a moment; `.none` when there is none.
  package func position(atOrBefore time: Timestamp) throws(LogError) -> Position {
    var unit = FindTime(time: time, isAfter: true)
    return Position(try log.read(&unit).rawValue - 1)
  }
}
