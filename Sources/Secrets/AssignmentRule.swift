/// A random-looking value that is given to a name such as `password`.
///
/// The names are those which Yelp's `detect-secrets` and OWASP's "Secrets Management Cheat Sheet"
/// speak of; the bound on entropy is the usual one for texts of these lengths.
enum AssignmentRule {
  static let name = "assignment"
  static let byteCountMin = 10
  static let byteCountMax = 512
  static let entropyMin = 3.5

  private static let suffixByteCountMax = 24
  private static let blanks = ByteSet(ranges: "", singles: " \t")
  private static let closers = ByteSet(ranges: "", singles: " \t'\"`])\\")
  private static let plain = ByteSet(ranges: "09azAZ", singles: "_+/=.~!@#$%^*-")
  /// After a bare value these say that it was code.
  private static let code = ByteSet(ranges: "", singles: "([{:")
  private static let lowerName = ByteSet(ranges: "09az", singles: "_")
  private static let prefixes = ByteSet(ranges: "", singles: "rbfuRBFUL@")

  /// Endings of names whose values are public: `token_id`, `secretName`.
  private static let publicEndings: [StaticString] = [
    "id", "ids", "name", "file", "path", "dir", "url", "uri", "type", "count", "length", "limit",
    "env", "var", "ref", "arn", "field", "at", "expires", "expiry", "ttl", "version", "policy",
    "mode", "size", "usage", "total", "class", "label", "prefix", "format", "digest", "fingerprint",
  ]

  static var keywords: [Keyword] {
    let names: [(StaticString, Int)] = [
      ("password", 2), ("passwd", 2), ("passphrase", 4), ("pwd", 0), ("_pass", 0), ("secret", 1),
      ("token", 0), ("apikey", 2), ("api_key", 2), ("api-key", 2), ("accesskey", 5),
      ("access_key", 5), ("access-key", 5), ("privatekey", 6), ("private_key", 6),
      ("private-key", 6), ("authkey", 3), ("auth_key", 3), ("auth-key", 3), ("encryption_key", 9),
      ("encryptionkey", 9), ("signing_key", 6), ("signingkey", 6), ("credential", 1),
    ]
    return names.map { Keyword($0.0, foldsCase: true, anchor: $0.1, .assignment) }
  }

  /// The value that follows the keyword, if it is a secret.
  static func match(_ keyword: Range<Int>, in text: Span<UInt8>) -> Range<Int>? {
    guard let nameEnd = nameEnd(keyword, in: text),
      var start = valueStart(keyword.lowerBound, nameEnd, in: text)
    else { return nil }
    // `password: String = "…"`: the value comes after the type.
    let typeEnd = text.end(ofRun: .name, from: start, atMost: 64)
    let sign = text.end(ofRun: blanks, from: typeEnd, atMost: 4)
    if typeEnd > start, text.has("= ", at: sign) {
      start = text.end(ofRun: blanks, from: sign + 1, atMost: 4)
    }
    let prefix = text.end(ofRun: prefixes, from: start, atMost: 2)
    if let quoted = quoted(from: prefix, in: text) {
      return isSecret(quoted, in: text) ? quoted : nil
    }
    return bare(from: start, in: text)
  }

  /// Whether a member of this name has a secret for its value.
  static func isName(_ name: Span<UInt8>) -> Bool {
    guard name.count <= 128 else { return false }
    return keywords.contains { keyword in
      (0..<name.count).contains { start in
        name.has(keyword.bytes, at: start, foldingCase: true)
          && nameEnd(start..<start + keyword.bytes.count, in: name) == name.count
      }
    }
  }

  /// Whether a value with nothing around it is a secret, given that its name says so.
  static func isSecret(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    (byteCountMin...byteCountMax).contains(range.count) && text.entropy(range) >= entropyMin
      && range.allSatisfy { text[$0] > 0x20 } && !StopList.isPlaceholder(range, in: text)
      && !StopList.isName(range, in: text)
  }

  /// Where the name around a keyword ends; nil if it is another word or its value is public.
  static func nameEnd(_ keyword: Range<Int>, in text: Span<UInt8>) -> Int? {
    let start = keyword.upperBound
    if let next = text.byte(start), let last = text.byte(start - 1) {
      // `tokens`, `secretary`, `TOKENS`; but `secretKey`.
      if next.isLowerCase { return nil }
      if next.isUpperCase, last.isUpperCase { return nil }
    }
    let end = text.end(ofRun: .name, from: start, atMost: suffixByteCountMax + 1)
    guard end - start <= suffixByteCountMax else { return nil }
    for ending in publicEndings {
      let length = ending.utf8CodeUnitCount
      guard end - start >= length, text.has(ending, at: end - length, foldingCase: true) else {
        continue
      }
      let separator = text.byte(end - length - 1) ?? 0
      let first = text.byte(end - length) ?? 0
      if separator == UInt8(ascii: "_") || separator == UInt8(ascii: "-") || first.isUpperCase {
        return nil
      }
    }
    return end
  }

  /// Where the value begins: behind `=`, `:=`, `=>`, `:`, after `--password `, in `<password>`.
  private static func valueStart(
    _ keyword: Int, _ nameEnd: Int, in text: Span<UInt8>
  ) -> Int? {
    let sign = text.end(ofRun: closers, from: nameEnd, atMost: 8)
    switch text.byte(sign) {
    case UInt8(ascii: "="), UInt8(ascii: ":"):
      let end = text.end(
        ofRun: ByteSet(ranges: "", singles: "=:>~"), from: sign, atMost: 3)
      return text.end(ofRun: blanks, from: end, atMost: 8)
    case UInt8(ascii: ">"):
      let name = text.start(ofRun: .name, before: keyword, atMost: 64)
      return text.has(UInt8(ascii: "<"), at: name - 1) ? sign + 1 : nil
    default:
      let name = text.start(ofRun: .name, before: nameEnd, atMost: 64)
      return text.has("--", at: name) && text.wordMayBegin(at: name) && sign > nameEnd
        && text[nameEnd].isBlank
        ? text.end(ofRun: blanks, from: nameEnd, atMost: 8) : nil
    }
  }

  /// What is between the quotes that begin at `start`; nil without quotes or with blanks in them.
  private static func quoted(from start: Int, in text: Span<UInt8>) -> Range<Int>? {
    let isEscaped = text.has(UInt8(ascii: "\\"), at: start)
    let open = isEscaped ? start + 1 : start
    guard let quote = text.byte(open),
      quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        || quote == UInt8(ascii: "`")
    else { return nil }
    var end = open + 1
    let limit = Swift.min(text.count, end + byteCountMax)
    while end < limit, text[end] > 0x20, text[end] != quote,
      !(isEscaped && text[end] == UInt8(ascii: "\\"))
    {
      end += 1
    }
    guard text.has(quote, at: end) || text.has(UInt8(ascii: "\\"), at: end) else { return nil }
    return open + 1..<end
  }

  /// A value without quotes: more must speak for it.
  private static func bare(from start: Int, in text: Span<UInt8>) -> Range<Int>? {
    var end = text.end(ofRun: plain, from: start, atMost: byteCountMax)
    if let after = text.byte(end), code.contains(after) { return nil }
    while end > start, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
    let range = start..<end
    guard range.contains(where: { text[$0].isDigit }),
      range.contains(where: { ByteSet.letters.contains(text[$0]) }),
      !isMemberAccess(range, in: text), isSecret(range, in: text)
    else { return nil }
    return range
  }

  /// Whether it is `self.token2` or the like.
  private static func isMemberAccess(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    let first = text.end(ofRun: lowerName, from: range.lowerBound, atMost: 24)
    return text[range.lowerBound].isLowerCase && first < range.upperBound
      && text.has(UInt8(ascii: "."), at: first)
  }
}
