/// Credentials in the header `Authorization`: RFC 9110 §11.6.2, also quoted in code and JSON.
enum AuthorizationRule {
  static let name = "authorization-header"
  private static let byteCountMax = 8192
  private static let byteCountMin = 8
  private static let between = ByteSet(ranges: "", singles: " \t:=,\"'`\\>[{(])")
  private static let credential = ByteSet(ranges: "09azAZ", singles: "-._~+/=")

  /// The credential after the keyword that ends at `start`.
  static func match(after start: Int, in text: Span<UInt8>) -> Range<Int>? {
    let schemeStart = text.end(ofRun: between, from: start, atMost: 12)
    let sign = start..<schemeStart
    guard
      sign.contains(where: {
        text[$0] == UInt8(ascii: ":") || text[$0] == UInt8(ascii: "=")
          || text[$0] == UInt8(ascii: ",")
      })
    else { return nil }
    let schemeEnd = text.end(ofRun: .name, from: schemeStart, atMost: 32)
    let isScheme = schemeEnd > schemeStart && text.has(UInt8(ascii: " "), at: schemeEnd)
    let begin =
      isScheme
      ? text.end(ofRun: ByteSet(ranges: "", singles: " "), from: schemeEnd, atMost: 4) : schemeStart
    let end = text.end(ofRun: credential, from: begin, atMost: byteCountMax)
    let range = begin..<end
    guard range.count >= (isScheme ? byteCountMin : 20), text.wordMayEnd(at: end),
      text.hasVariety(range, atLeast: 5), !StopList.isPlaceholder(range, in: text),
      !StopList.isName(range, in: text)
    else { return nil }
    return range
  }
}
