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

  private func mayFind(_ text: String, _ look: QuickLook = QuickLook()) -> Bool {
    let bytes = Array(text.utf8)
    return look.mayFind(in: bytes.span)
  }

  private func scannerMayFind(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return SecretScanner.shared.mayFind(in: bytes.span)
  }

  @Test func `no token is passed over, in text or in JSON`() throws {
    let words = ["", "a ", "\\n", "\"", "key=", "-", "é", "x\u{1B}[31m"]
    try forAll(seed: 5, count: 500) { entropy in
      var samples = Samples(entropy)
      let rule = TokenRule.all[entropy.int(0...TokenRule.all.count - 1)]
      let before = words[entropy.int(0...words.count - 1)]
      let text = before + samples.token(rule) + words[entropy.int(0...words.count - 1)]
      guard !SecretScanner.shared.findings(in: Array(text.utf8)).isEmpty else { return }
      try #require(mayFind(text), "\(text)")
      try #require(scannerMayFind(text), "\(text)")
      // Other control characters have escapes behind which nobody looks this way.
      guard !text.contains("\u{1B}") else { return }
      let json = text.replacing("\"", with: "\\\"")
      try #require(mayFind(json) && scannerMayFind(json), "\(json)")
    }
  }

  @Test(arguments: [
    "password=Xk3fPq9vLm2wRt7z", "machine a login b password Xk3fPq9v", "https://u:Xk3fPq9v@h/",
    "PASSWORD=1", "secretKey: a", #"\"auth\": \"eHg6eXl5eXl5\""#, "-----BEGIN RSA PRIVATE KEY-----",
    "Authorization: Basic eHg6eXl5eXl5",
  ])
  func `no word that a rule looks closer at is passed over`(_ text: String) {
    #expect(mayFind(text) && scannerMayFind(text))
  }

  @Test(arguments: [
    "nothing to see", "patch_id", "input_tokens 3", "tests_passed", "GHP_", "secretary",
    "https://a.example/x?y=1", "git@a.example:b", "",
  ])
  func `usual words need no closer look`(_ text: String) {
    #expect(!mayFind(text) && !scannerMayFind(text))
  }

  @Test func `the user's values are found`() throws {
    let literal = try #require(SecretLiteral(name: "A", value: Array("open sesame".utf8)))
    let look = QuickLook(literals: [literal])
    for text in ["an open sesame", "6F70656E20736573616D65", "open%20sesame"] {
      #expect(mayFind(text, look) && !mayFind(text), "\(text)")
    }
    #expect(!mayFind("open doors", look))
  }
}
