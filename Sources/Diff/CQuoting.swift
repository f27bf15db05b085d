/// Names in the quotes of C, in which git writes those with unusual bytes.
///
/// Source: git's documentation of core.quotePath.
enum CQuoting {
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  /// What a letter after a backslash stands for, beside the three octal digits.
  private static let escapes: [(letter: UInt8, byte: UInt8)] = [
    (UInt8(ascii: "a"), 0x07), (UInt8(ascii: "b"), 0x08), (UInt8(ascii: "t"), 0x09),
    (UInt8(ascii: "n"), 0x0A), (UInt8(ascii: "v"), 0x0B), (UInt8(ascii: "f"), 0x0C),
    (UInt8(ascii: "r"), 0x0D), (quote, quote), (backslash, backslash),
  ]

  static func isQuoted(_ text: ArraySlice<UInt8>) -> Bool { text.first == quote }

  /// The name at the front of `text`, which begins with a quote, and what stands behind the
  /// closing quote; nil when the quote never closes or an escape is none of C's.
  static func unquoted(_ text: ArraySlice<UInt8>) -> (name: [UInt8], rest: ArraySlice<UInt8>)? {
    var rest = text.dropFirst()
    var name: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == quote { return (name, rest) }
      guard byte == backslash else {
        name.append(byte)
        continue
      }
      guard let meant = escaped(&rest) else { return nil }
      name.append(meant)
    }
    return nil
  }

  private static func escaped(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
    guard let letter = rest.popFirst() else { return nil }
    if let known = escapes.first(where: { $0.letter == letter }) { return known.byte }
    let digits = [letter] + rest.prefix(2)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    rest = rest.dropFirst(2)
    return UInt8(exactly: digits.reduce(0) { $0 * 8 + Int($1 - 0x30) })
  }

  /// The name as git prints it: in quotes when it has controls, quotes, backslashes or bytes that
  /// are not ASCII.
  static func quoted(_ name: [UInt8]) -> [UInt8] {
    if name.allSatisfy(isPlain) { return name }
    var out = [quote]
    for byte in name {
      if isPlain(byte) {
        out.append(byte)
      } else if let known = escapes.first(where: { $0.byte == byte }) {
        out += [backslash, known.letter]
      } else {
        out += [backslash, 0x30 + byte / 64, 0x30 + byte / 8 % 8, 0x30 + byte % 8]
      }
    }
    return out + [quote]
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != quote && byte != backslash
  }
}
