internal import Bytes
internal import Events
internal import Merkle
internal import TestSupport
import Testing

@Suite struct StateRowTests {
  @Test func `a row survives its bytes`() throws {
    try forAll(seed: 20, count: 500) { generator in
      let row = StateRow(
        category: UInt8(truncatingIfNeeded: generator.next()),
        layout: UInt8(truncatingIfNeeded: generator.next()), revision: generator.next(),
        last: Position(generator.next()),
        fields: generator.bytes(generator.int(0...StateRow.fieldsByteCountMax)))
      let bytes = row.encoded
      try #require(bytes.count <= StateRow.byteCountMax)
      try #require(StateRow(bytes.rawSpan) == row)
    }
  }

  @Test func `bytes that are too few or too many are no row`() {
    let full = StateRow(fields: [UInt8](repeating: 1, count: StateRow.fieldsByteCountMax)).encoded
    #expect(full.count == StateRow.byteCountMax)
    #expect(StateRow((full + [0]).rawSpan) == nil)
    for count in 0..<20 { #expect(StateRow(Array(full[..<count]).rawSpan) == nil) }
    #expect(StateRow(Array(full[..<20]).rawSpan) != nil)
  }
}

@Suite struct NameTests {
  @Test func `a name has 1 to 255 bytes and no control characters`() {
    #expect(Name("") == nil)
    #expect(Name("a") != nil)
    #expect(Name(String(repeating: "a", count: 255)) != nil)
    #expect(Name(String(repeating: "a", count: 256)) == nil)
    for byte in UInt8(0)...0x1F { #expect(Name([0x61, byte]) == nil) }
    #expect(Name([0x61, 0x7F]) == nil)
    #expect(Name("worker-é🦫 with space") != nil)
  }

  @Test func `names are compared by their bytes`() {
    let (composed, decomposed) = (Name("worker-\u{E9}"), Name("worker-e\u{301}"))
    #expect(composed != decomposed)
    #expect("worker-\u{E9}" == "worker-e\u{301}")
  }

  @Test(arguments: [
    ("patch-01", "patch", "01"), ("worker-a-b", "worker", "a-b"), ("log", "log", ""),
    ("-x", "", "x"), ("x-", "x", ""),
  ])
  func `the category is the text before the first dash`(name: String, category: String, id: String)
    throws
  {
    let name = try #require(Name(name))
    #expect(name.category == category)
    #expect(name.id == id)
  }

  @Test func `names sort as their bytes do`() throws {
    try forAll(seed: 21, count: 300) { generator in
      let one = try #require(Name(generator.word(1...20)))
      let other = try #require(Name(generator.word(1...20)))
      try #require((one < other) == one.bytes.lexicographicallyPrecedes(other.bytes))
    }
  }
}

@Suite struct HeadTests {
  @Test func `a head survives its bytes, and no truncation of them is one`() throws {
    var head = Head(position: .none, recordedAt: Timestamp(nanoseconds: 5))
    head.frontier.append(Digest.sha256(of: []))
    for position in 0..<40 as Range<UInt64> {
      head.position = Position(position)
      #expect(Head(head.encoded) == head)
      for count in 0..<head.encoded.count { #expect(Head(Array(head.encoded[..<count])) == nil) }
      // Position and tree must agree.
      var torn = head
      torn.position = Position(position + 1)
      #expect(Head(torn.encoded) == nil)
      head.frontier.append(Digest.sha256(of: [UInt8(position)]))
    }
  }

  @Test func `numbers of names follow the position that brought them in`() {
    #expect(EntityNumber(position: Position(1), ordinal: 0)?.rawValue == 16)
    #expect(EntityNumber(position: Position(1), ordinal: 15)?.rawValue == 31)
    #expect(EntityNumber(position: Position(1), ordinal: 16) == nil)
    #expect(EntityNumber(position: Position(1), ordinal: -1) == nil)
    #expect(EntityNumber(position: Position(.max), ordinal: 0) == nil)
    #expect(Position(.max).next == Position(.max))
  }
}

@Suite struct FlagTests {
  @Test func `flags and severities keep their numbers and names`() {
    let flags: [EventFlags] = [.imported, .late, .reaction, .masked]
    #expect(flags.map(\.rawValue) == [1, 2, 4, 8])
    #expect(EventFlags(rawValue: 15).names == ["imported", "late", "reaction", "masked"])
    #expect(Severity.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
    for severity in Severity.allCases { #expect(Severity(severity.name) == severity) }
    #expect(Severity("Error") == nil)
  }
}
