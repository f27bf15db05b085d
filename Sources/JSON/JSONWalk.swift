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

  /// Where a key is.
  struct Key {
    /// What is between its quotes.
    var content: Range<Int>
    var isEscaped: Bool
  }

  /// Where the parts of an object's member are.
  struct Member {
    var key: Key
    var value: Range<Int>
  }

  /// The place of the value of an object's member; nil when the value ahead has none of this key.
  @_lifetime(self: copy self)
  mutating func member(_ key: Span<UInt8>) -> Range<Int>? {
    guard take(UInt8(ascii: "{")) else { return nil }
    while let member = nextMember() {
      let isWanted =
        member.key.isEscaped
        ? means(key, member.key.content) : hasBytes(key, member.key.content)
      if isWanted { return member.value }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
    return nil
  }

  /// Visits the members of an object's members that are objects themselves, in order.
  @_lifetime(self: copy self)
  mutating func forEachInnerMember(_ body: (_ outer: Key, Member) -> Void) {
    guard take(UInt8(ascii: "{")) else { return }
    while let outer = nextKey() {
      if take(UInt8(ascii: "{")) {
        while let member = nextMember() {
          body(outer, member)
          guard take(UInt8(ascii: ",")) else { break }
        }
        guard take(UInt8(ascii: "}")) else { return }
      } else {
        guard skipValue() else { return }
      }
      guard take(UInt8(ascii: ",")) else { return }
    }
  }

  /// The key behind an opening brace or a comma; its value is ahead then.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func nextKey() -> Key? {
    skipSpace()
    let start = at &+ 1
    guard let isEscaped = skipString() else { return nil }
    let end = at &- 1
    guard take(UInt8(ascii: ":")) else { return nil }
    skipSpace()
    return Key(content: start..<end, isEscaped: isEscaped)
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func nextMember() -> Member? {
    guard let key = nextKey() else { return nil }
    let start = at
    guard skipValue() else { return nil }
    return Member(key: key, value: start..<at)
  }

  private func hasBytes(_ key: Span<UInt8>, _ content: Range<Int>) -> Bool {
    guard key.count == content.count else { return false }
    for index in key.indices where byte(content.lowerBound &+ index) != key[index] { return false }
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
