/// JSON Web Tokens: RFC 7519, in the compact form of RFC 7515 §7.1.
enum WebTokenRule {
  static let name = "jwt"
  private static let partByteCountMax = 16 << 10
  private static let headerByteCountMax = 1024
  private static let signatureByteCountMin = 16

  static func match(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard text.wordMayBegin(at: start), !text.has(UInt8(ascii: "-"), at: start - 1) else {
      return nil
    }
    let header = text.end(ofRun: .base64url, from: start, atMost: headerByteCountMax)
    guard text.has(UInt8(ascii: "."), at: header) else { return nil }
    let payload = text.end(ofRun: .base64url, from: header + 1, atMost: partByteCountMax)
    guard payload - header > 4, text.has(UInt8(ascii: "."), at: payload) else { return nil }
    let signature = text.end(ofRun: .base64url, from: payload + 1, atMost: partByteCountMax)
    guard signature - payload > signatureByteCountMin, text.wordMayEnd(at: signature),
      isHeader(Base64.decoded(text.copy(start..<header)))
    else { return nil }
    return start..<signature
  }

  /// Whether the bytes look like a JSON object that names an algorithm.
  private static func isHeader(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == UInt8(ascii: "{"),
      bytes.last(where: { $0 > 0x20 }) == UInt8(ascii: "}")
    else { return false }
    return bytes.span.has("\"alg\"", in: 0..<bytes.count)
  }
}

/// Base64 in both alphabets, without padding.
enum Base64 {
  private static let plain: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  private static let url: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

  /// The bytes that a text stands for; what is in neither alphabet is passed over.
  static func decoded(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for byte in text {
      guard let value = value(byte) else { continue }
      bits = bits << 6 | value
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      }
    }
    return out
  }

  private static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }

  /// The digits of `bytes` that don't depend on what stands around them when `skipped` bytes of a
  /// group of three come before.
  static func inner(of bytes: [UInt8], skipping skipped: Int, isURL: Bool) -> [UInt8] {
    let digits = (isURL ? url : plain).bytes
    let front = [UInt8](repeating: 0, count: skipped) + bytes
    let bitCount = front.count * 8
    // The first digit that has no bit of the bytes before; the last that has none of those after.
    let first = (skipped * 8 + 5) / 6
    return (first..<max(first, bitCount / 6)).map { place in
      var value = 0
      for bit in place * 6..<place * 6 + 6 {
        value = value << 1 | Int(front[bit / 8] >> UInt8(7 - bit % 8) & 1)
      }
      return digits[value]
    }
  }
}
