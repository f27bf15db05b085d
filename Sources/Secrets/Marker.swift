/// What stands where a secret was: `[REDACTED:rule:7c1f9a02]`.
enum Marker {
  static let opening: StaticString = "[REDACTED:"
  static let ruleByteCountMax = 40
  private static let tailDigitCount = 8
  private static let rule = ByteSet(ranges: "09az", singles: "-")

  /// The marker for a rule, with the first 32 bits of a keyed hash.
  static func text(rule: String, tail: UInt32) -> [UInt8] {
    let digits = String(tail, radix: 16)
    return opening.bytes + Array(rule.utf8) + [UInt8(ascii: ":")]
      + [UInt8](repeating: UInt8(ascii: "0"), count: tailDigitCount - digits.utf8.count)
      + Array(digits.utf8) + [UInt8(ascii: "]")]
  }

  /// A name that may stand in a marker, made of any text.
  static func ruleName(_ text: String) -> String {
    let bytes = text.utf8.prefix(ruleByteCountMax).map { byte in
      byte.isUpperCase ? byte.folded : rule.contains(byte) ? byte : UInt8(ascii: "-")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether this may be the beginning of a marker.
  static func begins(at start: Int, in text: Span<UInt8>) -> Bool {
    text.has(UInt8(ascii: "["), at: start) && text.has(opening, at: start)
  }

  /// The marker that begins at `start`, or nil.
  static func range(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard begins(at: start, in: text) else { return nil }
    let ruleStart = start + opening.utf8CodeUnitCount
    let colon = text.end(ofRun: rule, from: ruleStart, atMost: ruleByteCountMax)
    let tail = text.end(ofRun: .lowerHex, from: colon + 1, atMost: tailDigitCount)
    guard colon > ruleStart, text.has(UInt8(ascii: ":"), at: colon),
      tail == colon + 1 + tailDigitCount, text.has(UInt8(ascii: "]"), at: tail)
    else { return nil }
    return start..<tail + 1
  }

  /// Whether a marker ends before `end`.
  static func ends(at end: Int, in text: Span<UInt8>) -> Bool {
    let colon = end - 2 - tailDigitCount
    guard text.has(UInt8(ascii: "]"), at: end - 1), text.has(UInt8(ascii: ":"), at: colon) else {
      return false
    }
    let ruleStart = text.start(ofRun: rule, before: colon, atMost: ruleByteCountMax)
    return range(at: ruleStart - opening.utf8CodeUnitCount, in: text)?.upperBound == end
  }
}
