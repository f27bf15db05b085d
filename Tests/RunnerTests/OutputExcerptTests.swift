import Testing

@testable import Runner

@Suite struct OutputExcerptTests {
  private func excerpt(_ bytes: [UInt8], pieces: Int) -> OutputExcerpt {
    var excerpt = OutputExcerpt()
    var rest = bytes[...]
    while !rest.isEmpty {
      excerpt.add(Array(rest.prefix(pieces)))
      rest = rest.dropFirst(pieces)
    }
    return excerpt
  }

  @Test(arguments: [0, 1, 2047, 2048, 2049, 4095, 4096, 4097, 10_000], [1, 7, 2048, 5000, 65_536])
  func `the beginning and the end are kept, whatever the pieces`(count: Int, pieces: Int) {
    let bytes = (0..<count).map { UInt8(ascii: "a") + UInt8($0 * 7 % 26) }
    let text = String(decoding: bytes, as: UTF8.self)
    let found = excerpt(bytes, pieces: pieces)
    // Without blanks the cut is before the last character, which might be the first half of one.
    let cut = count > 2048 ? 2047 : count
    #expect(found.head == String(text.prefix(cut)))
    #expect(found.tail == String(text.dropFirst(cut).suffix(count > 4096 ? 2048 : 2049)))
    if count <= 4096 { #expect(found.head + found.tail == text) }
  }

  @Test(arguments: 0..<5, ["ü", "€", "𐍈"])
  func `no character is cut in two`(offset: Int, character: String) {
    let short = String(repeating: "a", count: offset) + String(repeating: character, count: 680)
    let whole = excerpt(Array(short.utf8), pieces: 1000)
    #expect(whole.head + whole.tail == short)
    let long = String(repeating: "a", count: offset) + String(repeating: character, count: 5000)
    let cut = excerpt(Array(long.utf8), pieces: 1000)
    #expect(!cut.head.isEmpty && long.hasPrefix(cut.head))
    #expect(!cut.tail.isEmpty && long.hasSuffix(cut.tail))
  }

  @Test(arguments: [0, 7, 30], [" ", "\n"])
  func `no word is cut in two`(offset: Int, blank: String) {
    for isLong in [false, true] { cutBetweenWords(offset, blank, isLong) }
  }

  private func cutBetweenWords(_ offset: Int, _ blank: String, _ isLong: Bool) {
    let words = (0..<(isLong ? 1000 : 330)).map { "secret-\(1000 + $0)" }
    let text = String(repeating: "x", count: offset) + blank + words.joined(separator: blank)
    let found = excerpt(Array(text.utf8), pieces: 100)
    #expect(found.head.count > 1024 && found.tail.count > 1024)
    for part in [found.head, found.tail] {
      #expect(
        part.split { $0.isWhitespace }.allSatisfy { $0.count == 11 || $0.hasPrefix("x") }, "\(part)"
      )
    }
    if !isLong { #expect(found.head + found.tail == text) }
  }

  @Test func `however much is printed, no more is held`() {
    var excerpt = OutputExcerpt()
    let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
    for _ in 0..<1600 {
      excerpt.add(block)
      #expect(excerpt.first.count + excerpt.last.count <= 2 * OutputExcerpt.byteCountMax)
    }
  }

  @Test(arguments: [
    ("\u{1B}[31;1mred\u{1B}[0m", "red"), ("a\u{1B}]0;title\u{7}b", "ab"),
    ("a\u{1B}]8;;http://x\u{1B}\\link", "alink"), ("\u{1B}(Bx\u{1B}=y", "xy"),
    ("a\u{0}b", "a\u{FFFD}b"), ("50%\r100%\r\nend\r\n", "50%\n100%\nend\n"),
    ("\u{9B}31m", "\u{FFFD}31m"), ("\u{202E}txt.exe", "\u{FFFD}txt.exe"),
    ("\u{8}\u{7F}", "\u{FFFD}\u{FFFD}"),
    ("tab\tü€𐍈\n", "tab\tü€𐍈\n"), ("end\u{1B}", "end"), ("\u{1B}[", ""), ("\u{1B}]open", "open"),
  ])
  func `nothing in it reaches a terminal`(printed: String, shown: String) {
    #expect(ExcerptText.text(Array(printed.utf8)[...]) == shown)
  }

  @Test func `any bytes become text of no more characters and without controls`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let bytes = (0..<3000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      let found = excerpt(bytes, pieces: 500)
      for text in [found.head, found.tail] {
        #expect(text.unicodeScalars.count <= 4096)
        #expect(
          text.unicodeScalars.allSatisfy {
            "\n\t".unicodeScalars.contains($0) || ExcerptText.isHarmless($0)
          })
      }
    }
  }

  @Test(arguments: [
    (["ruff", "check", "a.py"], "ruff check a.py"), (["a b", "", "it's"], #"'a b' '' 'it'\''s'"#),
    (["x\n\u{1B}[1m"], #"$'x\n\x1b[1m'"#), (["$HOME", "*", "ü"], "'$HOME' '*' ü"),
  ])
  func `a command line reads as one types it`(words: [String], line: String) {
    #expect(ShellWords.text(words.map { Array($0.utf8) }) == line)
  }

  @Test func `a command line with bytes that are no text, and a long one`() {
    #expect(ShellWords.text([[0x61, 0xFF, 0x27]]) == #"$'a\xff\''"#)
    let long = ShellWords.text((0..<10_000).map { Array("file-\($0)".utf8) })
    #expect(long.unicodeScalars.count == 8192 && long.hasSuffix("…"))
  }
}
