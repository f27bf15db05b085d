/// Seeds of NATS keys: `nats-io/nkeys`, README "Wire encoding": base32 of two prefix bytes, 32
/// bytes of seed and a CRC-16 (XMODEM), always 58 letters and digits.
enum NKeyRule {
  static let name = "nats-nkey-seed"
  private static let byteCount = 58

  /// Operator, account, user, server, cluster, curve: all have an A as their third letter.
  static var keywords: [Keyword] {
    ["SOA", "SAA", "SUA", "SNA", "SCA", "SXA"].map { Keyword(Array($0.utf8), .nkey) }
  }

  static func match(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    let end = text.end(ofRun: .base32, from: start, atMost: byteCount + 1)
    guard end - start == byteCount, text.wordMayBegin(at: start), text.wordMayEnd(at: end) else {
      return nil
    }
    let bytes = decoded(text.copy(start..<end))
    guard bytes.count == 36 else { return nil }
    let checksum = UInt16(bytes[34]) | UInt16(bytes[35]) << 8
    return crc(bytes.prefix(34)) == checksum ? start..<end : nil
  }

  private static func decoded(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for byte in text {
      let value = byte.isDigit ? byte - UInt8(ascii: "2") + 26 : byte - UInt8(ascii: "A")
      bits = bits << 5 | UInt32(value)
      bitCount += 5
      if bitCount >= 8 {
        bitCount -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      }
    }
    return out
  }

  /// CRC-16/XMODEM.
  static func crc(_ bytes: some Sequence<UInt8>) -> UInt16 {
    bytes.reduce(0) { sum, byte in
      (0..<8).reduce(sum ^ UInt16(byte) << 8) { sum, _ in
        sum & 0x8000 != 0 ? sum << 1 ^ 0x1021 : sum << 1
      }
    }
  }
}
