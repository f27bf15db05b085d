/// Walks over the tokens of a valid document without taking note of them.
///
/// Total: bytes that are no document end the walk early.
struct JSONWalk: ~Escapable {
  private let bytes: Span<UInt8>
  private let end: Int
  private var at: Int

  /// - Parameter range: the value to walk over, within the bytes.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    self.bytes = bytes
    at = max(0, range.lowerBound)
    end = min(bytes.count, range.upperBound)
  }

  /// The place of the value of an object's member; nil when the value ahead has none of this key.
  @_lifetime(self: copy self)
  mutating func member(_ key: Span<UInt8>) -> Range<Int>? {
    guard take(UInt8(ascii: "{")) else { return nil }
    while true {
      skipSpace()
      let name = at &+ 1
      guard let isEscaped = skipString() else { return nil }
      let nameEnd = at &- 1
      guard take(UInt8(ascii: ":")) else { return nil }
      skipSpace()
      let start = at
      guard skipValue() else { return nil }
      let isWanted =
        isEscaped ? means(key, name..<nameEnd) : hasBytes(key, name, nameEnd)
      if isWanted { return start..<at }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
  }

  private func hasBytes(_ key: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard key.count == end &- start else { return false }
    for index in key.indices where byte(start &+ index) != key[index] { return false }
    return true
  }

  private func means(_ key: Span<UInt8>, _ content: Range<Int>) -> Bool {
    var text: [UInt8] = []
    Escape.decode(content, of: bytes, into: &text)
    guard text.count == key.count else { return false }
    for index in key.indices where text[index] != key[index] { return false }
    return true
  }

  @inline(__always)
  private func byte(_ index: Int) -> UInt8 {
    // Callers stay below `end`, which is within the bytes.
    unsafe bytes[unchecked: index]
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func skipSpace() {
    while at < end, byte(at) <= 0x20 { at &+= 1 }
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func take(_ wanted: UInt8) -> Bool {
    skipSpace()
    guard at < end, byte(at) == wanted else { return false }
    at &+= 1
    return true
  }

  /// Passes over the string whose opening quote is ahead, and tells whether it has escapes.
  @_lifetime(self: copy self)
  private mutating func skipString() -> Bool? {
    guard at < end, byte(at) == UInt8(ascii: "\"") else { return nil }
    at &+= 1
    var isEscaped = false
    while true {
      while at &+ 8 <= end {
        let word = unsafe bytes.bytes.unsafeLoadUnaligned(
          fromUncheckedByteOffset: at, as: UInt64.self)
        let stops = Self.stops(UInt64(littleEndian: word))
        if stops != 0 {
          at &+= stops.trailingZeroBitCount &>> 3
          break
        }
        at &+= 8
      }
      guard at < end else { return nil }
      let found = byte(at)
      at &+= 1
      if found == UInt8(ascii: "\"") { return isEscaped }
      if found == UInt8(ascii: "\\") {
        isEscaped = true
        at &+= 1
      }
    }
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// The high bit of each byte that is a quote or a backslash; the lowest one is exact.
  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let slash = word ^ (ones &* 0x5C)
    return (((quote &- ones) & ~quote) | ((slash &- ones) & ~slash)) & (ones &* 0x80)
  }

  @_lifetime(self: copy self)
  private mutating func skipValue() -> Bool {
    guard at < end else { return false }
    switch byte(at) {
    case UInt8(ascii: "\""): return skipString() != nil
    case UInt8(ascii: "{"), UInt8(ascii: "["): return skipContainer()
    default:
      let start = at
      while at < end, !Self.endsScalar(byte(at)) { at &+= 1 }
      return at > start
    }
  }

  private static func endsScalar(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
      || byte == UInt8(ascii: "]")
  }

  /// Brackets are counted, not matched: the document was checked.
  @_lifetime(self: copy self)
  private mutating func skipContainer() -> Bool {
    var depth = 0
    while at < end {
      switch byte(at) {
      case UInt8(ascii: "\""):
        guard skipString() != nil else { return false }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth &-= 1
        if depth == 0 {
          at &+= 1
          return true
        }
      default: break
      }
      at &+= 1
    }
    return false
  }
}
