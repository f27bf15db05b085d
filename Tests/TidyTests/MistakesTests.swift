import Testing

/// Mistakes that programs of this kind are known to make: each is tested somewhere by its id.
@Suite struct MistakesTests {
  /// How many there are of each family: documents, diffs, verdicts, ledger, policies.
  private static let families = [("X", 7), ("P", 33), ("V", 17), ("L", 22), ("PO", 12)]

  /// All ids, the number in two digits.
  private static let ids: [String] = families.flatMap { family, count in
    (1...count).map { "\(family)-\($0 < 10 ? "0" : "")\($0)" }
  }

  /// The ids in comments of tests, with the files that they are in.
  private static func named() -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    let files =
      Repository.files(in: "Tests/", ending: ".swift")
      + Repository.files(in: "tools/cases/", ending: ".py")
    for file in files {
      let mark = file.path.hasSuffix(".py") ? "#" : "//"
      for line in file.lines where line.trimmed.hasPrefix(mark) {
        for id in ids(in: line.trimmed) { found[id, default: []].insert(file.path) }
      }
    }
    return found
  }

  /// The words of a comment that have the form of an id.
  static func ids(in comment: Substring) -> [String] {
    comment.split { !($0.isLetter || $0.isNumber || $0 == "-") }.compactMap { word in
      let parts = word.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, families.contains(where: { $0.0 == parts[0] }),
        parts[1].count == 2, parts[1].allSatisfy(\.isNumber)
      else { return nil }
      return String(word)
    }
  }

  // X-07
  @Test func `each known mistake is tested by its id`() {
    let named = Self.named()
    #expect(Self.ids.count == 91)
    for id in Self.ids where named[id] == nil {
      Issue.record("\(id): write it above the test that covers it, as `// \(id)`")
    }
    for (id, files) in named where !Self.ids.contains(id) {
      Issue.record("\(id) in \(files.sorted()) is none of the known mistakes")
    }
  }

  @Test func `ids are told from other words`() {
    #expect(Self.ids(in: "// P-01, PO-12: and V-17.") == ["P-01", "PO-12", "V-17"])
    #expect(Self.ids(in: "# SHA-25, P-1, P-001, XP-01, L-0a, L01, A-B") == [])
  }

  // X-05
  @Test func `no text went through two encodings`() {
    #expect(Self.isDoublyEncoded("a \u{E2}\u{2020}\u{2019} b".utf8))
    #expect(Self.isDoublyEncoded("caf\u{C3}\u{A9}".utf8))
    #expect(!Self.isDoublyEncoded("caf\u{E9} \u{2192} \u{2713}".utf8))
    for path in Repository.files {
      #expect(!Self.isDoublyEncoded(Repository.bytes(path)), "\(path)")
    }
  }

  /// Whether UTF-8 of a dash, an arrow, a tick or an accent was taken for Latin letters and encoded
  /// again.
  private static func isDoublyEncoded(_ text: some Sequence<UInt8>) -> Bool {
    var last: (UInt8, UInt8) = (0, 0)
    for byte in text {
      if last.0 == 0xC3, last.1 == 0xA2, byte == 0xE2 || byte == 0xC5 { return true }
      if last.0 == 0xC3, last.1 == 0x83, byte == 0xC2 { return true }
      last = (last.1, byte)
    }
    return false
  }
}
