/// Regular expressions for texts in lower case.
enum CaseFolding {
  /// The expression with small letters, but for the letters of escapes such as `\\S`, which mean
  /// something else then.
  static func expression(_ source: String) -> String {
    var out = ""
    var rest = source[...]
    while let character = rest.popFirst() {
      guard character == "\\" else {
        out += character.lowercased()
        continue
      }
      let (escape, count) = escape(rest)
      out += escape
      rest = rest.dropFirst(count)
    }
    return out
  }

  /// What stands behind a backslash, with the backslash, and how many characters that was.
  private static func escape(_ rest: Substring) -> (String, Int) {
    let digitCount = rest.hasPrefix("u") ? 4 : rest.hasPrefix("x") ? 2 : 0
    let digits = rest.dropFirst().prefix(digitCount)
    if digitCount > 0, digits.count == digitCount, digits.allSatisfy(\.isHexDigit),
      let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
    {
      let small = scalar.properties.lowercaseMapping
      if small != String(scalar) { return (small, digitCount + 1) }
    }
    let kept =
      rest.hasPrefix("p{") || rest.hasPrefix("P{") ? rest.prefix { $0 != "}" } : rest.prefix(1)
    return ("\\" + kept, kept.count)
  }
}
