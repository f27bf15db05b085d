internal import Evidence
import Testing

/// What is sealed to a key is opened by its other half alone, and for what it was sealed for.
@Suite struct SealingKeyTests {
  private let key: UnsealingKey
  private let text = Array(#"{"text":"a secret"}"#.utf8)
  private let context = Array("the event\nof the log".utf8)

  init() throws {
    let name = try #require(KeyName("test/seal"))
    key = try UnsealingKey(name: name, bytes: Array(1...32))
  }

  @Test func `what is sealed comes back, and is another box each time`() throws {
    let box = try key.sealing.seal(text[...], for: context)
    #expect(box.count == text.count + 48)
    #expect(try key.open(box, for: context) == text)
    #expect(try key.sealing.seal(text[...], for: context) != box)
    let none = try key.sealing.seal([], for: [])
    #expect(try key.open(none, for: []) == [])
  }

  @Test func `a box with any byte changed, or cut off, does not open`() throws {
    let box = try key.sealing.seal(text[...], for: context)
    for index in box.indices {
      var other = box
      other[index] ^= 1
      let error = #expect(throws: EvidenceError.self, "byte \(index)") {
        try key.open(other, for: context)
      }
      #expect(error?.code == .refuted)
      #expect(throws: EvidenceError.self) { try key.open(Array(box[..<index]), for: context) }
    }
  }

  @Test func `neither another key nor another context opens it`() throws {
    let box = try key.sealing.seal(text[...], for: context)
    let other = try UnsealingKey(name: key.sealing.name, bytes: Array(2...33))
    #expect(throws: EvidenceError.self) { try other.open(box, for: context) }
    for changed in [[], Array(context.dropLast()), context + [0]] {
      #expect(throws: EvidenceError.self) { try key.open(box, for: changed) }
    }
  }

  @Test func `the texts of both halves are read again`() throws {
    let sealing = try SealingKey(key.sealing.description)
    #expect(sealing == key.sealing)
    #expect(sealing.description.hasPrefix("test/seal+" + sealing.idText + "+IA"))
    #expect(sealing.keyID == "test/seal+" + sealing.idText)
    let again = try UnsealingKey(secretText: key.secretText)
    let box = try sealing.seal(text[...], for: context)
    #expect(try again.open(box, for: context) == text)
    let name = try #require(KeyName("k"))
    #expect(try UnsealingKey(name: name).sealing != UnsealingKey(name: name).sealing)
  }

  @Test func `other texts are refused, and a private one is never repeated`() throws {
    let signing = try SigningKey(name: key.sealing.name, seed: Array(1...32))
    let sealing = key.sealing.description
    for text in [
      "", "k", key.secretText, signing.verifier.description, String(sealing.dropLast(4)),
      sealing.replacing(key.sealing.idText, with: "00000000"),
    ] {
      let error = try #require(throws: EvidenceError.self, "\(text)") { try SealingKey(text) }
      #expect(!error.message.contains(key.secretText.suffix(20)))
    }
    for text in [sealing, signing.secretText, String(key.secretText.dropLast(4))] {
      let error = try #require(throws: EvidenceError.self, "\(text)") {
        try UnsealingKey(secretText: text)
      }
      #expect(!error.message.contains(text.suffix(20)))
    }
    // The control, and that no signing key is one.
    #expect(throws: EvidenceError.self) { try VerifierKey(sealing) }
    _ = try VerifierKey(signing.verifier.description)
  }

  @Test func `a key with which everybody agrees on the same is refused`() throws {
    let zeros = "k+c8e5bcfd+IAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    let error = try #require(throws: EvidenceError.self) { try SealingKey(zeros) }
    #expect(error.message.contains("keeps nothing secret"))
    let box = try key.sealing.seal(text[...], for: context)
    #expect(throws: EvidenceError.self) {
      try key.open([UInt8](repeating: 0, count: 32) + box[32...], for: context)
    }
  }
}
