/// Tells that no rule can find anything, without the rules: making those takes as long as a good
/// part of an append, and most processes append one event that has nothing for them.
package struct QuickLook: Sendable {
  private var prefilter = Prefilter()

  /// Knows the keywords of all rules.
  package init() {
    var start = 0
    while let entry = Entry(at: start) {
      prefilter.add(entry.three)
      start = entry.next
    }
  }

  /// Whether a keyword stands in the bytes; without one there is no finding, neither in them nor in
  /// a part of them.
  package func hasKeyword(in text: Span<UInt8>) -> Bool {
    var start = 0
    while let place = prefilter.next(in: text, from: start) {
      if Self.hasKeyword(at: place, in: text) { return true }
      start = place + 1
    }
    return false
  }

  private static func hasKeyword(at place: Int, in text: Span<UInt8>) -> Bool {
    let three = Prefilter.three(text[place], text[place + 1], text[place + 2])
    var start = 0
    while let entry = Entry(at: start) {
      if entry.three == three, entry.stands(at: place - entry.anchor, in: text) { return true }
      start = entry.next
    }
    return false
  }

  /// A keyword in the table.
  private struct Entry {
    let first: Int
    let count: Int
    let anchor: Int
    let foldsCase: Bool

    /// The entry that begins there; nil at the end.
    init?(at start: Int) {
      guard start < KeywordTable.text.utf8CodeUnitCount else { return nil }
      count = Int(Self.byte(start) &- UInt8(ascii: "0"))
      anchor = Int(Self.byte(start + 1) &- UInt8(ascii: "0"))
      foldsCase = Self.byte(start + 2) == UInt8(ascii: "~")
      first = start + 3
    }

    /// Behind it stand a bar and a line feed.
    var next: Int { first + count + 2 }

    var three: UInt32 {
      let place = first + anchor
      return Prefilter.three(Self.byte(place), Self.byte(place + 1), Self.byte(place + 2))
    }

    func stands(at start: Int, in text: Span<UInt8>) -> Bool {
      guard start >= 0, count <= text.count - start else { return false }
      for index in 0..<count {
        let (found, wanted) = (text[start + index], Self.byte(first + index))
        if found == wanted { continue }
        guard foldsCase, found.isUpperCase, found.folded == wanted else { return false }
      }
      return true
    }

    private static func byte(_ index: Int) -> UInt8 {
      // Bytes behind the end are never asked for: a test reads the whole table.
      guard index < KeywordTable.text.utf8CodeUnitCount else { return 0 }
      return unsafe KeywordTable.text.utf8Start[index]
    }
  }
}

extension KeywordTable {
  /// What the table must be for these keywords.
  static func text(for keywords: [Keyword]) -> String {
    var lines: [String] = []
    for keyword in keywords {
      let numbers = [keyword.bytes.count, keyword.anchor].map {
        String(UnicodeScalar(UInt8(ascii: "0") + UInt8(clamping: $0)))
      }
      let line =
        numbers.joined() + (keyword.foldsCase ? "~" : "=")
        + String(decoding: keyword.bytes, as: UTF8.self) + "|"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines.joined(separator: "\n")
  }
}
