import Bytes
import TestSupport
import Testing

@testable import Secrets

/// Values that the caller knows, in all the ways in which programs write them.
struct LiteralTests {
  @Test func `a value is found in every encoding and at every alignment`() throws {
    try forAll(seed: 1, count: 200) { entropy in
      let value = entropy.bytes(entropy.int(10...40)).map { 0x21 + $0 % 94 }
      let literal = try #require(SecretLiteral(name: "API_TOKEN", value: value))
      let scanner = SecretScanner(literals: [literal])
      for text in Self.writings(of: value, &entropy) {
        let hits = scanner.findings(in: text).filter { $0.rule == "env-api-token" }
        try #require(hits.count == 1, "\(String(decoding: text, as: UTF8.self))")
      }
    }
  }

  private static func writings(of value: [UInt8], _ entropy: inout SeededEntropy) -> [[UInt8]] {
    let hex = value.map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined()
    let percent = value.map { byte in
      let isPlain = ByteSet.alphanumeric.contains(byte) || "-._~".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
    }.joined()
    var texts = [value, Array(hex.utf8), Array(hex.uppercased().utf8), Array(percent.utf8)]
    for before in 0..<3 {
      let whole = entropy.bytes(before) + value + entropy.bytes(entropy.int(0...3))
      texts.append(Array(base64(whole).utf8))
      texts.append(Array(base64(whole, isURL: true).utf8))
    }
    return texts.map { Array("out: ".utf8) + $0 + Array(" end".utf8) }
  }

  @Test func `nothing of a value is left in base64`() throws {
    try forAll(seed: 2, count: 200) { entropy in
      let value = entropy.bytes(entropy.int(10...30))
      let literal = try #require(SecretLiteral(name: "X", value: value))
      let masker = Masker(scanner: SecretScanner(literals: [literal]), key: [1, 2, 3])
      let prefix = entropy.int(0...2)
      // All-ones around it: digits that are left must not depend on the value.
      let text = base64([UInt8](repeating: 0xFF, count: prefix) + value + [0xFF, 0xFF, 0xFF])
      var notes: [MaskNote] = []
      let masked = try #require(masker.mask(Array(text.utf8), pointer: "", notes: &notes))
      let rest = String(decoding: masked, as: UTF8.self).split(separator: "[")
      let before = rest.first.map { $0.hasPrefix("REDACTED") ? "" : String($0) } ?? ""
      try #require(before.utf8.allSatisfy { $0 == UInt8(ascii: "/") }, "\(before)")
      let after = rest.last?.split(separator: "]", omittingEmptySubsequences: false).last ?? ""
      try #require(after.utf8.allSatisfy { "/=w8".utf8.contains($0) }, "\(after)")
    }
  }

  @Test func `short or monotonous values are not looked for`() {
    #expect(SecretLiteral(name: "A", value: Array("1234567".utf8)) == nil)
    #expect(SecretLiteral(name: "A", value: Array("abababababab".utf8)) == nil)
    #expect(SecretLiteral(name: "A", value: Array("12345678".utf8)) != nil)
  }

  @Test func `another value is not found`() throws {
    let literal = try #require(SecretLiteral(name: "A", value: Array("correct-horse".utf8)))
    let scanner = SecretScanner(literals: [literal])
    #expect(found("correct-hors", scanner).isEmpty)
    #expect(found("Correct-horse", scanner).isEmpty)
    #expect(found("x correct-horse!", scanner) == [Found(rule: "env-a", text: "correct-horse")])
    #expect(found("x correct-horse!").isEmpty)
  }

  @Test func `names of variables become names of rules`() throws {
    let value = Array("correct-horse".utf8)
    #expect(SecretLiteral(name: "My_Var.2", value: value)?.rule == "env-my-var-2")
    let long = String(repeating: "N", count: 100)
    #expect(SecretLiteral(name: long, value: value)?.rule.utf8.count == 40)
  }
}
