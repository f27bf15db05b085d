/// Reads text byte by byte, for checks of formats.
struct FormatReader: ~Copyable, ~Escapable {
  let text: Span<UInt8>
  var at = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  var isAtEnd: Bool { at == text.count }

  /// The byte ahead; 0 at the end.
  func peek() -> UInt8 { at < text.count ? text[at] : 0 }

  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard at < text.count, UInt32(text[at]) == byte.value else { return false }
    at += 1
    return true
  }

  /// Reads exactly `count` digits; -1 if there aren't as many.
  mutating func number(digits count: Int) -> Int {
    var value = 0
    for _ in 0..<count {
      guard Self.isDigit(peek()) else { return -1 }
      value = value * 10 + Int(text[at] - 0x30)
      at += 1
    }
    return value
  }

  func firstIndex(of byte: Unicode.Scalar, from start: Int, until end: Int) -> Int? {
    var index = start
    while index < end {
      if UInt32(text[index]) == byte.value { return index }
      index += 1
    }
    return nil
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
}
