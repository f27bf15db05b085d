/// What stands where a secret could, and is none.
enum StopList {
  /// Placeholders and references: none of them is likely in a random text.
  private static let parts: [StaticString] = [
    "example", "placeholder", "changeme", "change_me", "change-me", "your_", "your-", "yourpass",
    "dummy", "xxxx", "****", "....", "redacted", "masked", "insert", "1234567890", "0123456789",
    "abcdefgh", "process.env", "os.environ", "getenv", "secrets.", "password", "undefined",
    "replace", "notreal", "not-a-real", "fake",
  ]
  /// Whole passwords of manuals.
  private static let words: [StaticString] = [
    "pass", "passwd", "pwd", "secret", "token", "user", "username", "pw", "credentials", "mypass",
    "test", "foo", "bar",
  ]
  private static let separators = ByteSet(ranges: "", singles: "_-./: ")

  /// Whether a value is a placeholder, a reference to a variable, or has a marker in it.
  static func isPlaceholder(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    guard let first = text.byte(range.lowerBound) else { return true }
    let second = range.count > 1 ? text.byte(range.lowerBound + 1) ?? 0 : 0
    switch first {
    case UInt8(ascii: "<"), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("): return true
    case UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "#"):
      if ByteSet.letters.contains(second) || second == UInt8(ascii: "{")
        || second == UInt8(ascii: "(") || second == UInt8(ascii: "_")
      {
        return true
      }
    default: break
    }
    if isPath(range, in: text) { return true }
    for index in range {
      if Marker.begins(at: index, in: text) { return true }
    }
    return parts.contains { text.has($0, in: range, foldingCase: true) }
      || words.contains {
        $0.utf8CodeUnitCount == range.count
          && text.has($0, at: range.lowerBound, foldingCase: true)
      }
  }

  /// Whether a value begins like a path or an address of something else.
  private static func isPath(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    let start = range.lowerBound
    for beginning: StaticString in [
      "./", "../", "~/", "arn:", "http:", "https:", "file:", "vault:",
    ]
    where text.has(beginning, at: start) {
      return true
    }
    guard text.has(UInt8(ascii: "/"), at: start) else { return false }
    let end = text.end(ofRun: ByteSet(ranges: "az", singles: ""), from: start + 1, atMost: 32)
    return end - start > 2 && text.has(UInt8(ascii: "/"), at: end)
  }

  /// Whether a value looks like a name in a program: words, with separators or in camel case.
  static func isName(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    var start = range.lowerBound
    var partCount = 0
    var changeCount = 0
    while start <= range.upperBound {
      var end = start
      while end < range.upperBound, !separators.contains(text[end]) { end += 1 }
      if end > start {
        guard let changes = caseChanges(start..<end, in: text) else { return false }
        partCount += 1
        changeCount += changes
      }
      start = end + 1
    }
    return Double(changeCount) < 0.42 * Double(range.count)
  }

  /// How often the case changes in a word with at most four digits at its end; nil for what is no
  /// word.
  private static func caseChanges(_ word: Range<Int>, in text: Span<UInt8>) -> Int? {
    let digits = text.start(ofRun: .digits, before: word.upperBound, atMost: word.count)
    let letters = word.lowerBound..<digits
    // A number among words, or some digits after one.
    guard word.upperBound - digits <= 4, letters.allSatisfy({ ByteSet.letters.contains(text[$0]) })
    else { return nil }
    return letters.dropFirst().count { text[$0].isUpperCase != text[$0 - 1].isUpperCase }
  }
}
