import Bytes
import TestSupport
import Testing

@testable import Secrets

struct MaskerTests {
  static let masker = Masker(scanner: .shipped, key: Array("sixteen bytes ok".utf8))

  private func masked(_ text: String, _ masker: Masker = masker) -> (String, [MaskNote])? {
    var notes: [MaskNote] = []
    return masker.mask(Array(text.utf8), pointer: "/diff", notes: &notes).map {
      (String(decoding: $0, as: UTF8.self), notes)
    }
  }

  @Test func `a marker names the rule, and its note tells nothing of the secret`() throws {
    var samples = Samples(SeededEntropy(seed: 1))
    let token = "ghp_" + samples.run(.alphanumeric, 36)
    let (text, notes) = try #require(masked("see \(token), é"))
    let marker = try #require(text.firstMatch(of: /\[REDACTED:github-pat:[0-9a-f]{8}\]/)).output
    #expect(text == "see \(marker), é")
    #expect(
      notes == [
        MaskNote(
          rule: "github-pat", pointer: "/diff", range: 4..<4 + marker.utf8.count, length: .under64)
      ])
  }

  @Test func `a text without secrets stays as it is`() {
    #expect(masked("nothing to see") == nil)
    #expect(masked("") == nil)
  }

  @Test func `equal secrets have equal markers under one key only`() throws {
    var samples = Samples(SeededEntropy(seed: 2))
    let one = "npm_" + samples.run(.alphanumeric, 36)
    let two = "npm_" + samples.run(.alphanumeric, 36)
    let (text, _) = try #require(masked("\(one) \(two) \(one)"))
    let markers = text.split(separator: " ")
    #expect(markers.count == 3 && markers[0] == markers[2] && markers[0] != markers[1])
    let other = Masker(scanner: .shipped, key: Array("another key, too".utf8))
    #expect(masked(one, other)?.0 != masked(one)?.0)
  }

  @Test func `the tail of a marker is that of RFC 4231`() throws {
    // Test case 2 of the RFC: key "Jefe", data "what do ya want for nothing?".
    let data = "what do ya want for nothing?"
    let literal = try #require(SecretLiteral(name: "rfc", value: Array(data.utf8)))
    let masker = Masker(scanner: SecretScanner(literals: [literal]), key: Array("Jefe".utf8))
    #expect(masked(data, masker)?.0 == "[REDACTED:env-rfc:5bdcc146]")
  }

  @Test func `lengths are told in classes`() {
    #expect([0, 31].map(LengthClass.init) == [.under32, .under32])
    #expect([32, 63, 64, 255].map(LengthClass.init) == [.under64, .under64, .under256, .under256])
    #expect([256, 100_000].map(LengthClass.init) == [.more, .more])
  }

  @Test func `a secret that a marker brings into reach is masked too`() throws {
    // The password ends at the last @ of a stretch without /: the marker takes that one away.
    let text =
      "hs://us[REDACTED:er:rd@eoken=thub-tokenDDDaHDDaHV:fitoken=WWWFWWWWhunter2hun@er2WWWW"
    let (once, notes) = try #require(masked(text))
    #expect(masked(once) == nil)
    for note in notes {
      let bytes = Array(once.utf8)
      #expect(Marker.range(at: note.range.lowerBound, in: bytes.span) == note.range)
    }
  }

  @Test func `masking what is masked changes nothing`() throws {
    var changedCount = 0
    try forAll(seed: 3, count: 3_000) { entropy in
      let text = Soup(&entropy).text
      let literal = try #require(SecretLiteral(name: "L", value: Soup.literal))
      let masker = Masker(scanner: SecretScanner(literals: [literal]), key: [7, 7])
      var notes: [MaskNote] = []
      guard let once = masker.mask(text, pointer: "", notes: &notes) else { return }
      changedCount += 1
      for note in notes {
        try #require(Marker.range(at: note.range.lowerBound, in: once.span) == note.range)
      }
      var again: [MaskNote] = []
      let twice = masker.mask(once, pointer: "", notes: &again)
      try #require(
        twice == nil,
        "\(String(decoding: text, as: UTF8.self)) → \(String(decoding: once, as: UTF8.self))")
    }
    #expect(changedCount > 1_000)
  }

  @Test func `findings are in order, apart, and inside the text`() throws {
    try forAll(seed: 4, count: 2_000) { entropy in
      let text = Soup(&entropy).text
      var end = 0
      for finding in SecretScanner.shipped.findings(in: text) {
        try #require(finding.range.lowerBound >= end && !finding.range.isEmpty)
        end = finding.range.upperBound
      }
      try #require(end <= text.count)
    }
  }

  @Test func `of findings that overlap one remains that covers them`() {
    func match(_ rule: String, _ range: Range<Int>, _ rank: Int) -> Match {
      Match(finding: Finding(rule: rule, range: range), rank: rank)
    }
    let resolved = Match.resolved(
      [
        match("long", 0..<20, Match.assignment), match("inside", 5..<10, Match.shape),
        match("general", 30..<40, Match.assignment), match("special", 30..<40, Match.shape),
        match("left", 50..<60, Match.shape), match("right", 55..<80, Match.shape),
        match("touching", 80..<90, Match.shape), match("in a marker", 95..<99, Match.shape),
      ], apartFrom: [94..<120])
    #expect(
      resolved == [
        Finding(rule: "long", range: 0..<20), Finding(rule: "special", range: 30..<40),
        Finding(rule: "right", range: 50..<80), Finding(rule: "touching", range: 80..<90),
      ])
  }
}

/// Texts of pieces that secrets, markers and what is around them are made of.
struct Soup {
  static let literal = Array("L1t'er al\"=Val".utf8)
  let text: [UInt8]

  init(_ entropy: inout SeededEntropy) {
    var samples = Samples(entropy)
    _ = entropy.next()
    let joints = [
      "", "", " ", "\"", "'", "=", ": ", "password=", "token: \"", "secret", "://u:", "@h/", ".",
      "\n", "\\n", "Authorization: Bearer ", "[REDACTED:", "]", "[REDACTED:jwt:0123abcd]", "-----",
      "machine a login b password ", "AccountKey=", "\"auth\": \"", "_", "-", "é", "&", "%3D", "<",
      "changeme", "x", "eyJ", "AKIA", "--token ", "${", "[",
    ]
    var bytes: [UInt8] = []
    for _ in 0..<entropy.int(1...9) {
      switch entropy.int(0...7) {
      case 0:
        if let rule = entropy.pick(TokenRule.all) { bytes += samples.token(rule).utf8 }
      case 1: bytes += samples.value(entropy.int(4...40)).utf8
      case 2: bytes += Self.literal
      case 3: bytes += entropy.chance(2) ? samples.webToken().utf8 : samples.nkeySeed().utf8
      case 4:
        bytes += samples.privateKey("PRIVATE KEY", lines: 2).utf8.prefix(entropy.int(20...200))
      default: bytes += (entropy.pick(joints) ?? "").utf8
      }
    }
    text = bytes
  }
}
