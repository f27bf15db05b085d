/// Passwords in URLs: RFC 3986 §3.2.1.
enum URLRule {
  static let name = "url-password"
  private static let byteCountMax = 512
  private static let ends = ByteSet(ranges: "\u{0} ", singles: "/?#\"'`<>\\|")
  private static let scheme = ByteSet(ranges: "09azAZ", singles: "+.-")

  /// The password of the URL whose `://` is at `start`.
  static func match(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard text.start(ofRun: scheme, before: start, atMost: 2) <= start - 2 else { return nil }
    let userStart = start + 3
    let limit = Swift.min(text.count, userStart + byteCountMax)
    var colon: Int?
    var at: Int?
    var index = userStart
    while index < limit, !ends.contains(text[index]) {
      if text[index] == UInt8(ascii: ":"), colon == nil { colon = index }
      if text[index] == UInt8(ascii: "@") { at = index }
      index += 1
    }
    guard let colon, let at, colon < at else { return nil }
    let password = colon + 1..<at
    guard password.count >= 3, text.hasVariety(password, atLeast: 2),
      !StopList.isPlaceholder(password, in: text)
    else { return nil }
    return password
  }
}
