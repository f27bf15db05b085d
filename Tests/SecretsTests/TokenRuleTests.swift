import Bytes
import TestSupport
import Testing

@testable import Secrets

struct TokenRuleTests {
  /// What stands around tokens in logs, code and documents.
  static let surroundings: [(String, String)] = [
    ("", ""), ("is ", " ok"), ("\"", "\","), ("x=", "\n"), (#"\n"#, #"\n"#), ("(", ")"),
    ("\u{1B}[1;31m", "\u{1B}[0m"), ("%3D", "&"), ("é", "é"), ("<", ">"), ("`", "`"), ("+", "\r\n"),
  ]

  @Test func `every token is found whole in every surrounding`() throws {
    var foundCount = 0
    var count = 0
    var missed: [String: Int] = [:]
    try forAll(seed: 1, count: 8) { entropy in
      for rule in TokenRule.all {
        var samples = Samples(entropy)
        _ = entropy.next()
        for (before, after) in Self.surroundings {
          let token = samples.token(rule)
          count += 1
          let isFound = found(before + token + after).contains { $0.text == token }
          foundCount += isFound ? 1 : 0
          if !isFound { missed[rule.name, default: 0] += 1 }
        }
      }
    }
    print("recall of tokens with a prefix: \(foundCount) of \(count); missed: \(missed)")
    #expect(missed.isEmpty)
  }

  @Test func `a token is found under its rule's name`() throws {
    try forAll(seed: 2, count: 5) { entropy in
      for rule in TokenRule.all {
        var samples = Samples(entropy)
        let token = samples.token(rule)
        try #require(found(token) == [Found(rule: rule.name, text: token)], "\(token)")
      }
    }
  }

  @Test func `a token with a byte too many or too few is none of its rule`() throws {
    try forAll(seed: 3, count: 5) { entropy in
      for rule in TokenRule.all {
        for index in rule.parts.indices {
          guard case .run = rule.parts[index] else { continue }
          for extra in [-1, 1] {
            var samples = Samples(entropy)
            let text = samples.token(rule, part: index, extra: extra)
            let bytes = Array(text.utf8)
            try #require(rule.match(at: 0, in: bytes.span) == nil, "\(rule.name): \(text)")
          }
        }
      }
    }
  }

  @Test func `a token with a byte of another alphabet is none`() throws {
    try forAll(seed: 4, count: 5) { entropy in
      for rule in TokenRule.all {
        guard case .run(_, let counts)? = rule.parts.first else { continue }
        var samples = Samples(entropy)
        var bytes = Array(samples.token(rule).utf8)
        bytes[rule.prefix.utf8CodeUnitCount + entropy.int(0...counts.lowerBound - 1)] =
          UInt8(ascii: "!")
        try #require(rule.match(at: 0, in: bytes.span) == nil, "\(rule.name)")
      }
    }
  }

  @Test func `no token begins or goes on inside a word`() throws {
    try forAll(seed: 5, count: 5) { entropy in
      for rule in TokenRule.all {
        var samples = Samples(entropy)
        let token = samples.token(rule)
        for bytes in [Array(("a" + token).utf8), Array(("_" + token).utf8)] {
          try #require(rule.match(at: 1, in: bytes.span) == nil, "\(rule.name)")
        }
        for after in ["_", "g"] {
          let text = Array((token + after).utf8)
          // A run that takes the byte in is another token, as long as it may be that long.
          guard let range = rule.match(at: 0, in: text.span) else { continue }
          try #require(range.count == text.count, "\(rule.name): \(token + after)")
        }
      }
    }
  }

  @Test func `what manuals write in place of a token is none`() {
    for rule in TokenRule.all {
      var text = String(decoding: rule.prefix.bytes, as: UTF8.self)
      for part in rule.parts {
        switch part {
        case .text(let literal): text += String(decoding: literal.bytes, as: UTF8.self)
        case .run(let set, let counts):
          text += String(
            repeating: set.contains(UInt8(ascii: "x")) ? "x" : "A", count: counts.lowerBound)
        }
      }
      #expect(rule.match(at: 0, in: Array(text.utf8).span) == nil, "\(text)")
    }
  }

  @Test func `names of rules fit into markers and are listed`() {
    #expect(RuleSet.names.count >= 80)
    for name in RuleSet.names { #expect(Marker.ruleName(name) == name) }
    for rule in TokenRule.all { #expect(RuleSet.names.contains(rule.name)) }
  }
}
