import TestSupport
import Testing

@testable import Secrets

struct QuickLookTests {
  @Test func `the table has the keywords of all rules`() {
    let wanted = KeywordTable.text(for: RuleSet.keywords)
    #expect(
      KeywordTable.text.description == wanted,
      "write this into Sources/Secrets/KeywordTable.swift:\n\(wanted)")
  }

  private func hasKeyword(_ text: [UInt8]) -> Bool { QuickLook().hasKeyword(in: text.span) }

  private func scannerHas(_ text: [UInt8]) -> Bool {
    SecretScanner.shared.hasKeyword(in: text.span)
  }

  @Test func `it finds a keyword wherever the scanner does`() throws {
    let keywords = RuleSet.keywords
    try forAll(seed: 5, count: 2000) { entropy in
      let keyword = keywords[entropy.int(0...keywords.count - 1)]
      let middle = entropy.int(0...1) == 0 ? keyword.bytes : []
      let text = entropy.bytes(entropy.int(0...40)) + middle + entropy.bytes(entropy.int(0...40))
      try #require(hasKeyword(text) == scannerHas(text))
      if !middle.isEmpty { try #require(hasKeyword(text)) }
    }
    #expect(!hasKeyword(Array("nothing to see".utf8)))
    #expect(hasKeyword(Array("PassWord".utf8)))
    #expect(!hasKeyword(Array("GHP_".utf8)))
  }
}
