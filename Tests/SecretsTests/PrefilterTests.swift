import Bytes
import TestSupport
import Testing

@testable import Secrets

struct PrefilterTests {
  @Test func `no keyword is passed over, wherever it stands`() throws {
    try forAll(seed: 1, count: 300) { entropy in
      let keywords = RuleSet.keywords
      var prefilter = Prefilter()
      for keyword in keywords { prefilter.add(keyword.three) }
      let keyword = keywords[entropy.int(0...keywords.count - 1)]
      let text =
        entropy.bytes(entropy.int(0...30)) + keyword.bytes + entropy.bytes(entropy.int(0...12))
      let before = text.count
      var places: [Int] = []
      var start = 0
      while let place = prefilter.next(in: text.span, from: start) {
        places.append(place)
        start = place + 1
      }
      let expected = (0..<before).filter { index in
        text.span.has(keyword.bytes, at: index - keyword.anchor)
      }
      try #require(!expected.isEmpty)
      try #require(Set(places).isSuperset(of: expected))
    }
  }

  @Test func `places come once and in order`() {
    var prefilter = Prefilter()
    prefilter.add(Prefilter.three(UInt8(ascii: "A"), UInt8(ascii: "b"), UInt8(ascii: "c")))
    let text = Array("abcABCabc..abc".utf8)
    #expect(prefilter.next(in: text.span, from: 0) == 0)
    #expect(prefilter.next(in: text.span, from: 1) == 3)
    #expect(prefilter.next(in: text.span, from: 7) == 11)
    #expect(prefilter.next(in: text.span, from: 12) == nil)
    #expect(prefilter.next(in: [UInt8]().span, from: 0) == nil)
  }

  @Test func `clean text of every length gives nothing`() {
    let text = Array(String(repeating: "The quick brown fox jumps. ", count: 20).utf8)
    for count in 0..<64 {
      #expect(SecretScanner.shipped.findings(in: Array(text.prefix(count))).isEmpty)
    }
  }
}
