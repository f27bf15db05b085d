/// A place in the whole log: 1-based, gapless; 0 stands before the first event.
package struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first event.
  package static let none = Position(0)

  package static func < (a: Position, b: Position) -> Bool { a.rawValue < b.rawValue }

  // Written out: what the compiler makes is called through a table in other modules.
  package static func == (a: Position, b: Position) -> Bool { a.rawValue == b.rawValue }

  /// The next place; the last place there can be is its own successor.
  package var next: Position { Position(rawValue == .max ? .max : rawValue + 1) }

  /// The place before it; that before the first event has none but itself.
  package var previous: Position { Position(rawValue == 0 ? 0 : rawValue - 1) }

  package var description: String { String(rawValue) }
}

/// The number of a named row: the position of the event that first named it, times sixteen, plus
/// its place among the names of that event.
///
/// Rows that are hot together so lie together.
package struct EntityNumber: Hashable, Comparable, Sendable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// How many names one event can bring in.
  package static let namesPerEvent: UInt64 = 16

  /// The number of the `ordinal`th name that the event at `position` brought in; nil when it
  /// brings in too many.
  package init?(position: Position, ordinal: Int) {
    guard ordinal >= 0, UInt64(ordinal) < Self.namesPerEvent, position.rawValue < 1 << 59
    else { return nil }
    rawValue = position.rawValue * Self.namesPerEvent + UInt64(ordinal)
  }

  /// The event that gave the number.
  package var origin: Position { Position(rawValue / Self.namesPerEvent) }

  package static func < (a: EntityNumber, b: EntityNumber) -> Bool { a.rawValue < b.rawValue }

  package static func == (a: EntityNumber, b: EntityNumber) -> Bool { a.rawValue == b.rawValue }

  /// No row: numbers start with the first event, so zero is free.
  package static let none = EntityNumber(0)
}
