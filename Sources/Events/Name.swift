internal import Bytes

/// The name of a stream or of another row of state: 1–255 bytes of UTF-8 without control
/// characters, compared bytewise (never by canonical equivalence).
package struct Name: Hashable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]
  /// A number made of the bytes, for this process only: names are looked up several times for
  /// each event.
  package let digest: UInt64

  /// The longest name, in bytes.
  package static let byteCountMax = 255

  /// Nil when the bytes are not a name.
  package init?(_ bytes: [UInt8]) {
    guard (1...Self.byteCountMax).contains(bytes.count), Self.isPlain(bytes.rawSpan) else {
      return nil
    }
    self.init(stored: bytes)
  }

  package init?(_ text: String) { self.init(Array(text.utf8)) }

  /// A name read from a log, where it was checked when it was written.
  package init(stored bytes: [UInt8]) {
    self.bytes = bytes
    digest = Self.digest(bytes.rawSpan)
  }

  /// The text before the first `-`, or all of it.
  package var category: String {
    String(decoding: bytes.prefix { $0 != 0x2D }, as: UTF8.self)
  }

  /// The text after the first `-`; empty when there is none.
  package var id: String {
    guard let dash = bytes.firstIndex(of: 0x2D) else { return "" }
    return String(decoding: bytes[(dash + 1)...], as: UTF8.self)
  }

  package var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether it is these two texts, one behind the other.
  package func consists(of front: StaticString, _ back: String) -> Bool {
    let count = front.utf8CodeUnitCount
    guard bytes.count == count + back.utf8.count else { return false }
    let span = bytes.rawSpan
    return front.withUTF8Buffer { unsafe Name.areEqual($0.span.bytes, span.extracting(..<count)) }
      && Name.areEqual(unsafe back.utf8.span.bytes, span.extracting(count...))
  }
}

extension Name {
  /// Differs from process to process, so that nobody can choose names that collide.
  private static let seed = UInt64.random(in: .min ... .max)

  package func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  /// Bytewise, eight at a time.
  package static func == (a: Name, b: Name) -> Bool {
    a.digest == b.digest && areEqual(a.bytes.rawSpan, b.bytes.rawSpan)
  }

  /// Whether two names have the same bytes.
  package static func areEqual(_ one: RawSpan, _ other: RawSpan) -> Bool {
    guard one.byteCount == other.byteCount else { return false }
    var offset = 0
    while offset &+ 8 <= one.byteCount {
      guard word(one, offset) == word(other, offset) else { return false }
      offset &+= 8
    }
    while offset < one.byteCount {
      guard byte(one, offset) == byte(other, offset) else { return false }
      offset &+= 1
    }
    return true
  }

  /// A number that goes with a name's bytes, for tables of names; the standard hasher takes bytes
  /// one by one.
  package static func digest(_ span: RawSpan) -> UInt64 {
    var state = seed ^ UInt64(truncatingIfNeeded: span.byteCount)
    var offset = 0
    while offset &+ 8 <= span.byteCount {
      state = mixed(state, word(span, offset))
      offset &+= 8
    }
    var tail: UInt64 = 0
    while offset < span.byteCount {
      tail = tail << 8 | UInt64(byte(span, offset))
      offset &+= 1
    }
    return mixed(state, tail)
  }

  /// Whether there are no control characters: eight bytes at a time.
  private static func isPlain(_ span: RawSpan) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var offset = 0
    while offset &+ 8 <= span.byteCount {
      let word = word(span, offset)
      let delete = word ^ (ones &* 0x7F)
      let hits = ((word &- ones &* 0x20) & ~word) | ((delete &- ones) & ~delete)
      if hits & (ones &* 0x80) != 0 { return false }
      offset &+= 8
    }
    while offset < span.byteCount {
      let byte = byte(span, offset)
      if byte < 0x20 || byte == 0x7F { return false }
      offset &+= 1
    }
    return true
  }

  @inline(__always)
  private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  @inline(__always)
  private static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
    unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  private static func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word ^ 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: word ^ seed ^ 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
  }
}

extension Name: Comparable {
  package static func < (a: Name, b: Name) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
