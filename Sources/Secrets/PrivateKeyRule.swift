/// Private keys in PEM: RFC 7468, RFC 4880 §6.2 (PGP), PROTOCOL.key of OpenSSH, and the seeds of
/// NATS credential files.
enum PrivateKeyRule {
  static let name = "private-key"
  static let byteCountMax = 32 << 10
  private static let labelByteCountMax = 64
  /// Fewer bytes than this after a beginning without an end are no key.
  private static let unendedByteCountMin = 64
  private static let label = ByteSet(ranges: "09AZ", singles: " ")
  // Beside base64: line breaks, also written as `\n`; headers such as `DEK-Info: AES-128-CBC,…`;
  // the marks of diffs and quotes at the beginning of lines.
  private static let body = ByteSet(ranges: "09azAZ", singles: "+/= \r\n\t\\:,.>|\"'")

  /// The whole block that begins at `start`; without an end, as far as it looks like one.
  static func match(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    let labelStart = start + 11
    let labelEnd = text.end(ofRun: label, from: labelStart, atMost: labelByteCountMax)
    guard text.has("-----", at: labelEnd),
      text.has("PRIVATE KEY", in: labelStart..<labelEnd)
        || text.has("NKEY SEED", in: labelStart..<labelEnd)
    else { return nil }
    let bodyStart = labelEnd + 5
    let limit = Swift.min(text.count, bodyStart + byteCountMax)
    var end = bodyStart
    while end < limit {
      if text[end] == UInt8(ascii: "-") {
        if text.has("-----END ", at: end) {
          let closing = text.end(ofRun: label, from: end + 9, atMost: labelByteCountMax)
          return start..<(text.has("-----", at: closing) ? closing + 5 : closing)
        }
        guard !text.has("-----B", at: end) else { break }
      } else if !body.contains(text[end]) {
        break
      }
      end += 1
    }
    while end > bodyStart, !ByteSet.base64.contains(text[end - 1]),
      text[end - 1] != UInt8(ascii: "=")
    {
      end -= 1
    }
    return end - bodyStart >= unendedByteCountMin ? start..<end : nil
  }
}
