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
    var high: UInt64 = 0
    var low: UInt64 = 0
    for place in 0..<Self.textByteCount {
      let byte = unsafe text.unsafeLoad(fromByteOffset: place, as: UInt8.self)
      guard let digit = Crockford.value(of: byte) else { return nil }
      if place == 0, digit > 7 { return nil }
      high = high << 5 | low >> 59
      low = low << 5 | UInt64(digit)
    }
    self.init(high: high, low: low)
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
enum Crockford {
  static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x48: byte - 0x41 + 10
    case 0x4A...0x4B: byte - 0x4A + 18
    case 0x4D...0x4E: byte - 0x4D + 20
    case 0x50...0x54: byte - 0x50 + 22
    case 0x56...0x5A: byte - 0x56 + 27
    default: nil
    }
  }
}
