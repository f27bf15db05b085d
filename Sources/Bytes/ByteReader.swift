/// Reads little-endian fields from bytes that may be damaged: every read is checked, and one that
/// does not fit fails for good.
///
/// Public and inlinable, because every record is read through it: the compiler takes only such
/// functions over into other modules.
public struct ByteReader: ~Escapable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline var next = 0
  @usableFromInline var hasFailed = false

  @_lifetime(copy bytes)
  @inlinable
  public init(_ bytes: RawSpan) { self.bytes = bytes }

  @inlinable public var offset: Int { next }

  /// Whether a read ran past the end.
  @inlinable public var failed: Bool { hasFailed }

  @inlinable public var remaining: Int { bytes.byteCount - next }

  /// Moves on by `count` bytes and tells where they start; nil when there are not as many.
  @_lifetime(self: copy self)
  @inlinable
  mutating func advance(_ count: Int) -> Int? {
    guard !hasFailed, count >= 0, count <= remaining else {
      hasFailed = true
      return nil
    }
    next += count
    return next - count
  }

  @_lifetime(self: copy self)
  @inlinable
  public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T {
    guard let start = advance(T.bitWidth / 8) else { return 0 }
    // `advance` has checked that the bytes are there.
    return T(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: start, as: T.self))
  }

  @_lifetime(self: copy self)
  @inlinable
  public mutating func ulid() -> ULID {
    ULID(high: integer(UInt64.self).byteSwapped, low: integer(UInt64.self).byteSwapped)
  }

  @_lifetime(self: copy self)
  @inlinable
  public mutating func array(_ count: Int) -> [UInt8] {
    guard let start = advance(count) else { return [] }
    return bytes.extracting(start..<start + count).copied
  }

  @_lifetime(self: copy self)
  @inlinable
  public mutating func skip(_ count: Int) { _ = advance(count) }

  /// A text behind a one-byte length.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func shortText() -> [UInt8] { array(Int(integer(UInt8.self))) }
}

extension RawSpan {
  /// The bytes as an array of their own.
  @inlinable
  public var copied: [UInt8] {
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}

extension [UInt8] {
  /// The bytes as a raw span, borrowed.
  @inlinable
  public var rawSpan: RawSpan {
    @_lifetime(borrow self) get { unsafe span.bytes }
  }
}
