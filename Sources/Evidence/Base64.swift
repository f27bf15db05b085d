/// Base64 of RFC 4648, section 4, read strictly: for each text one sequence of bytes, and for each
/// sequence one text.
package enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  /// The bytes as text, with padding.
  package static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count / 3 + 1) * 4)
    var start = 0
    while start < bytes.count {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        let digit = bits >> UInt32(18 - 6 * place) & 63
        out.append(place <= group.count ? digits[Int(digit)] : padding)
      }
      start += 3
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes that a text stands for; nil when it is not what `encode` would write.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let characters = Array(text)
    guard characters.count.isMultiple(of: 4) else { return nil }
    let paddingCount = characters.suffix(2).count { $0 == padding }
    guard paddingCount < 2 || characters.suffix(2).allSatisfy({ $0 == padding }) else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(characters.count / 4 * 3)
    var bits: UInt32 = 0
    for (index, character) in characters.enumerated() {
      if index < characters.count - paddingCount {
        guard let digit = value(character) else { return nil }
        bits = bits << 6 | digit
      } else {
        bits <<= 6
      }
      guard index & 3 == 3 else { continue }
      for shift: UInt32 in [16, 8, 0] { out.append(UInt8(truncatingIfNeeded: bits >> shift)) }
      bits = 0
    }
    // What padding stands for must be zero, or another text would mean the same bytes.
    guard out.suffix(paddingCount).allSatisfy({ $0 == 0 }) else { return nil }
    return out.dropLast(paddingCount)
  }

  private static func value(_ character: UInt8) -> UInt32? {
    switch character {
    case 0x41...0x5A: UInt32(character - 0x41)
    case 0x61...0x7A: UInt32(character - 0x61 + 26)
    case 0x30...0x39: UInt32(character - 0x30 + 52)
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
