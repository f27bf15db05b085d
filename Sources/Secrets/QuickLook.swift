/// Tells that no rule can find anything, without the rules: making those takes as long as a good
/// part of an append, and most processes append one event that has nothing for them.
package struct QuickLook: Sendable {
  private var prefilter = Prefilter()
  private let literals: [SecretLiteral.Form]

  /// Knows the keywords of all rules, and the user's values.
  package init(literals: [SecretLiteral] = []) {
    self.literals = literals.flatMap(\.forms)
    for form in self.literals {
      prefilter.add(Prefilter.three(form.bytes[0], form.bytes[1], form.bytes[2]))
    }
    var start = 0
    while let entry = Entry(at: start) {
      prefilter.add(entry.three)
      start = entry.next
    }
  }

  /// Whether a rule may find something in the bytes, or in a part of them.
  package func mayFind(in text: Span<UInt8>) -> Bool {
    var start = 0
    while let place = prefilter.next(in: text, from: start) {
      if mayFind(at: place, in: text) { return true }
      start = place + 1
    }
    return false
  }

  private func mayFind(at place: Int, in text: Span<UInt8>) -> Bool {
    let three = Prefilter.three(text[place], text[place + 1], text[place + 2])
    var start = 0
    while let entry = Entry(at: start) {
      if entry.three == three, entry.mayMatch(at: place - entry.anchor, in: text) { return true }
      start = entry.next
    }
    return literals.contains { text.has($0.bytes, at: place, foldingCase: $0.foldsCase) }
  }

  /// A keyword in the table.
  private struct Entry {
    let first: Int
    let count: Int
    let anchor: Int
    let kind: UInt8
    /// Of a token: how many bytes follow at least.
    let followers: Int

    /// The entry that begins there; nil at the end.
    init?(at start: Int) {
      guard start < KeywordTable.text.utf8CodeUnitCount else { return nil }
      count = Int(Self.byte(start) &- UInt8(ascii: "0"))
      anchor = Int(Self.byte(start + 1) &- UInt8(ascii: "0"))
      followers = Int(Self.byte(start + 2) &- UInt8(ascii: "0"))
      kind = Self.byte(start + 3)
      first = start + 4
    }

    /// Behind it stand a bar and a line feed.
    var next: Int { first + count + 2 }

    var three: UInt32 {
      let place = first + anchor
      return Prefilter.three(Self.byte(place), Self.byte(place + 1), Self.byte(place + 2))
    }

    func mayMatch(at start: Int, in text: Span<UInt8>) -> Bool {
      guard start >= 0, count <= text.count - start else { return false }
      let foldsCase = kind == KeywordTable.folded || kind == KeywordTable.assignment
      for index in 0..<count {
        let (found, wanted) = (text[start + index], Self.byte(first + index))
        if found == wanted { continue }
        guard foldsCase, found.isUpperCase, found.folded == wanted else { return false }
      }
      if kind == KeywordTable.url { return URLRule.match(at: start, in: text) != nil }
      let end = start + count
      if kind == KeywordTable.assignment, let next = text.byte(end), next.isLowerCase {
        return false
      }
      return text.end(ofRun: KeywordTable.tokens, from: end, atMost: followers) - end == followers
    }

    private static func byte(_ index: Int) -> UInt8 {
      guard index < KeywordTable.text.utf8CodeUnitCount else { return 0 }
      return unsafe KeywordTable.text.utf8Start[index]
    }
  }
}

extension KeywordTable {
  static let plain = UInt8(ascii: "=")
  static let folded = UInt8(ascii: "~")
  static let assignment = UInt8(ascii: ":")
  static let url = UInt8(ascii: "/")
  /// What tokens are made of.
  static let tokens = ByteSet(ranges: "09azAZ", singles: "-_+/=.")

  /// What the table must be for these keywords.
  static func text(for keywords: [Keyword]) -> String {
    var lines: [String] = []
    for keyword in keywords {
      let numbers = [keyword.bytes.count, keyword.anchor, followers(of: keyword)].map {
        UInt8(ascii: "0") + UInt8(clamping: $0)
      }
      let kind = kind(of: keyword)
      let line = String(decoding: numbers + [kind] + keyword.bytes, as: UTF8.self) + "|"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines.joined(separator: "\n")
  }

  private static func kind(of keyword: Keyword) -> UInt8 {
    switch keyword.matcher {
    case .assignment: assignment
    case .url: url
    default: keyword.foldsCase ? folded : plain
    }
  }

  /// Up to 60: so that the number is a character.
  private static func followers(of keyword: Keyword) -> Int {
    guard case .token(let index) = keyword.matcher else { return 0 }
    let count = TokenRule.all[index].parts.reduce(0) { count, part in
      switch part {
      case .run(_, let counts): count + counts.lowerBound
      case .text(let text): count + text.utf8CodeUnitCount
      }
    }
    return min(60, count)
  }
}
