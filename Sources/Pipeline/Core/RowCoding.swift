internal import Bytes
internal import Events

enum RowCoding {
  /// The largest number of six bytes: more events than any log will have.
  static let shortMax: UInt64 = 1 << 48 - 1
}

/// The kinds of field that rows store.
extension ByteReader {
  @_lifetime(self: copy self)
  mutating func position() -> Position { Position(integer(UInt64.self)) }

  @_lifetime(self: copy self)
  mutating func number() -> EntityNumber { EntityNumber(integer(UInt64.self)) }

  /// A number of six bytes, in rows that have little room.
  @_lifetime(self: copy self)
  mutating func short() -> UInt64 {
    UInt64(integer(UInt32.self)) | UInt64(integer(UInt16.self)) << 32
  }

  @_lifetime(self: copy self)
  mutating func timestamp() -> Timestamp { Timestamp(nanoseconds: integer(Int64.self)) }

  /// An unknown state reads as absent; `decodeState` notices.
  @_lifetime(self: copy self)
  mutating func status<State: Lifecycle>(_ type: State.Type) -> State {
    State(rawValue: integer(UInt8.self)) ?? .absent
  }

  @_lifetime(self: copy self)
  mutating func flag() -> Bool { integer(UInt8.self) == 1 }
}

extension [UInt8] {
  mutating func append(_ position: Position) { append(littleEndian: position.rawValue) }
  mutating func append(_ number: EntityNumber) { append(littleEndian: number.rawValue) }

  /// - Parameter short: at most `RowCoding.shortMax`.
  mutating func append(short: UInt64) {
    append(littleEndian: UInt32(truncatingIfNeeded: short))
    append(littleEndian: UInt16(truncatingIfNeeded: short >> 32))
  }

  mutating func append(_ time: Timestamp) { append(littleEndian: time.nanoseconds) }
  mutating func append(_ status: some Lifecycle) { append(status.rawValue) }
  mutating func append(_ flag: Bool) { append(flag ? 1 : 0) }
}

extension FixedWidthInteger {
  /// Adds; a sum that does not fit stays at the end of the range.
  func addingSaturated(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// Adds a share to a sum.
  ///
  /// Around the end of the range if need be: whatever came in between, a share that is taken away
  /// again leaves the sum as it was.
  mutating func accumulate(_ amount: Int64) { self &+= Self(truncatingIfNeeded: amount) }

  /// Counts one more, up to the largest number.
  mutating func increment() { self = addingSaturated(1) }
}

/// The first eight bytes of the SHA-256 of a text: enough to tell two texts of one entity apart.
func shortHash(_ text: String) -> UInt64 { Digest.sha256(of: Array(text.utf8)).prefix64 }

extension Timestamp {
  /// No moment at all.
  static let never = Timestamp(nanoseconds: .min)
}

extension Int64 {
  /// A number of seconds in nanoseconds, clamped to what fits.
  var secondsInNanoseconds: Int64 {
    let (value, overflow) = multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (self < 0 ? .min : .max) : value
  }
}
