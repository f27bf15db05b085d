/// A 128-bit identifier whose first 48 bits are a time in milliseconds.
///
/// The text form is 26 characters of upper-case Crockford base 32, the first one 0–7; no other
/// spelling is accepted, so text and value determine each other. Source: github.com/ulid/spec.
public struct ULID: Hashable, Comparable, Sendable {
  /// The first eight bytes, big-endian: time and the upper 16 random bits.
  public let high: UInt64
  /// The last eight bytes, big-endian.
  public let low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Makes an identifier of a time and 80 bits of randomness.
  package init(milliseconds: UInt64, random: (high: UInt16, low: UInt64)) {
    high = milliseconds << 16 | UInt64(random.high)
    low = random.low
  }

  /// Milliseconds since 1970.
  package var milliseconds: UInt64 { high >> 16 }

  public static func < (a: ULID, b: ULID) -> Bool {
    (a.high, a.low) < (b.high, b.low)
  }
}

extension ULID: CustomStringConvertible {
  /// Parses the 26-character text form; nil when it is anything else.
  package init?(_ text: RawSpan) {
    guard text.byteCount == Self.textByteCount else { return nil }
    let (front, middle, back) = (
      Crockford.number(text, 0..<2), Crockford.number(text, 2..<14), Crockford.number(text, 14..<26)
    )
    guard let front, let middle, let back, front < 256 else { return nil }
    self.init(high: front << 56 | middle >> 4, low: middle << 60 | back)
  }

  package init?(_ text: some Collection<UInt8>) { self.init(Array(text).rawSpan) }

  package init?(_ text: String) {
    var text = text
    let id = text.withUTF8 { bytes in unsafe ULID(bytes.span.bytes) }
    guard let id else { return nil }
    self = id
  }

  /// How long the text form is.
  package static let textByteCount = 26

  /// The text form as ASCII bytes.
  package var utf8: [UInt8] {
    var out: [UInt8] = []
    out.append(text: self)
    return out
  }

  public var description: String { String(decoding: utf8, as: UTF8.self) }
}

extension [UInt8] {
  /// Appends the text form of an identifier.
  package mutating func append(text id: ULID) {
    let digits: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    unsafe withUnsafeTemporaryAllocation(byteCount: ULID.textByteCount, alignment: 8) { text in
      var (high, low) = (id.high, id.low)
      for place in (0..<ULID.textByteCount).reversed() {
        unsafe text[place] = unsafe digits.utf8Start[Int(truncatingIfNeeded: low & 31)]
        low = low >> 5 | high << 59
        high >>= 5
      }
      unsafe append(contentsOf: text)
    }
  }
}

/// Crockford's base 32: no I, L, O, U.
private enum Crockford {
  private static let none: UInt8 = 0xFF
  /// What the characters from `0` to `Z` stand for: random ones make branches slow.
  private static let values: [UInt8] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, none, none, none, none, none, none, none,
    10, 11, 12, 13, 14, 15, 16, 17, none, 18, 19, none, 20, 21, none,
    22, 23, 24, 25, 26, none, 27, 28, 29, 30, 31,
  ]

  /// The number that at most twelve characters stand for; nil when one of them is no digit.
  @inline(__always)
  static func number(_ text: RawSpan, _ places: Range<Int>) -> UInt64? {
    let values = values.span
    var number: UInt64 = 0
    var all: UInt8 = 0
    for place in places {
      let index = Int(unsafe text.unsafeLoad(fromByteOffset: place, as: UInt8.self)) &- 0x30
      let value = values.indices.contains(index) ? values[index] : none
      all |= value
      number = number << 5 | UInt64(value)
    }
    return all < 32 ? number : nil
  }
}
