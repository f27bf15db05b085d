/// Command lines as text, for reports: nothing here is run.
package enum ShellWords {
  /// The most characters of a command in an event.
  package static let characterCountMax = 8192

  /// The words as one would type them in a shell, on one line and without anything that could
  /// change a terminal's state; what is longer than an event may hold ends with `…`.
  package static func text(_ words: [[UInt8]]) -> String {
    var line = String.UnicodeScalarView()
    for word in words {
      if !line.isEmpty { line.append(" ") }
      line += quoted(word).unicodeScalars
      if line.count > characterCountMax {
        return String(String.UnicodeScalarView(line.prefix(characterCountMax - 1))) + "…"
      }
    }
    return String(line)
  }

  private static func quoted(_ word: [UInt8]) -> String {
    let text = String(validating: word, as: UTF8.self)
    guard let text, text.unicodeScalars.allSatisfy(ExcerptText.isHarmless) else {
      return "$'" + word.map(escaped).joined() + "'"
    }
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF:
        true
      default: "%+,-./:=@_".utf8.contains(byte)
      }
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + text.map { $0 == "'" ? #"'\''"# : String($0) }.joined() + "'"
  }

  /// A byte inside of `$'…'`.
  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
    case UInt8(ascii: "\n"): "\\n"
    case UInt8(ascii: "\t"): "\\t"
    case 0x20..<0x7F: String(UnicodeScalar(byte))
    default: "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
    }
  }
}
