/// Reads little-endian fields from bytes that may be damaged: every read is checked, and one that
/// does not fit fails for good.
package struct ByteReader: ~Escapable {
  private let bytes: RawSpan
  package private(set) var offset = 0
  /// Whether a read ran past the end.
  package private(set) var failed = false

  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) { self.bytes = bytes }

  package var remaining: Int { bytes.byteCount - offset }

  /// Moves on by `count` bytes and tells where they start; nil when there are not as many.
  @_lifetime(self: copy self)
  private mutating func advance(_ count: Int) -> Int? {
    guard !failed, count >= 0, count <= remaining else {
      failed = true
      return nil
    }
    offset += count
    return offset - count
  }

  @_lifetime(self: copy self)
  package mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T {
    guard let start = advance(T.bitWidth / 8) else { return 0 }
    return T(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: T.self))
  }

  // The usual widths once more: a generic function of another module is not always specialised.

  @_lifetime(self: copy self)
  package mutating func integer(_ type: UInt8.Type) -> UInt8 {
    guard let start = advance(1) else { return 0 }
    return unsafe bytes.unsafeLoad(fromByteOffset: start, as: UInt8.self)
  }

  @_lifetime(self: copy self)
  package mutating func integer(_ type: UInt16.Type) -> UInt16 {
    guard let start = advance(2) else { return 0 }
    return UInt16(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt16.self))
  }

  @_lifetime(self: copy self)
  package mutating func integer(_ type: UInt32.Type) -> UInt32 {
    guard let start = advance(4) else { return 0 }
    return UInt32(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
  }

  @_lifetime(self: copy self)
  package mutating func integer(_ type: UInt64.Type) -> UInt64 {
    guard let start = advance(8) else { return 0 }
    return UInt64(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  @_lifetime(self: copy self)
  package mutating func integer(_ type: Int64.Type) -> Int64 {
    guard let start = advance(8) else { return 0 }
    return Int64(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: Int64.self))
  }

  @_lifetime(self: copy self)
  package mutating func ulid() -> ULID {
    ULID(high: integer(UInt64.self).byteSwapped, low: integer(UInt64.self).byteSwapped)
  }

  @_lifetime(self: copy self)
  package mutating func array(_ count: Int) -> [UInt8] {
    guard let start = advance(count) else { return [] }
    return bytes.extracting(start..<start + count).copied
  }

  @_lifetime(self: copy self)
  package mutating func skip(_ count: Int) { _ = advance(count) }

  /// A text behind a one-byte length.
  @_lifetime(self: copy self)
  package mutating func shortText() -> [UInt8] { array(Int(integer(UInt8.self))) }
}

extension RawSpan {
  /// The bytes as an array of their own.
  package var copied: [UInt8] {
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}

extension [UInt8] {
  /// The bytes as a raw span, borrowed.
  package var rawSpan: RawSpan {
    @_lifetime(borrow self) get { unsafe span.bytes }
  }
}
