import JSON
import Testing

struct ScannerTests {
  private func error(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONDocument(parsing: bytes)
      return nil
    } catch { return error }
  }

  private func error(_ text: String) -> JSONError? { error(Array(text.utf8)) }

  @Test(arguments: Cases.accepted)
  func `a valid document is accepted`(_ text: String) {
    #expect(error(text) == nil)
  }

  @Test(arguments: Cases.rejected)
  func `an invalid document is refused`(_ text: String) {
    #expect(error(text) != nil)
  }

  @Test func `there are at least 150 hand-written cases`() {
    #expect(Cases.accepted.count + Cases.rejected.count + Cases.badUTF8.count >= 150)
  }

  @Test(arguments: Cases.badUTF8)
  func `bytes that are not UTF-8 are refused where they start`(_ bytes: [UInt8]) {
    for padding in [0, 1, 6, 7, 8, 9, 15] {
      let quote = UInt8(ascii: "\"")
      let before = [quote] + [UInt8](repeating: UInt8(ascii: "x"), count: padding)
      let found = error(before + bytes + [quote])
      let plain = bytes.prefix { $0 < 0x80 }.count
      #expect(found?.offset == before.count + plain)
      #expect(error(before + bytes) != nil)
    }
  }

  @Test func `every cut of a valid document is refused`() {
    let whole = Array(#"{"a":[1,-2.5e3,"é\u00e9\n"],"b":{"c":[true,false,null]}}"#.utf8)
    #expect(error(whole) == nil)
    for length in 0..<whole.count { #expect(error(Array(whole.prefix(length))) != nil) }
  }

  @Test func `depth is bounded at 128`() {
    #expect(error(Cases.nested(128)) == nil)
    let deep = error(Cases.nested(129))
    #expect(deep?.offset == 128)
    #expect(error([UInt8](repeating: UInt8(ascii: "["), count: 200_000)) != nil)
  }

  @Test func `keys are bounded at 10,000`() {
    #expect(error(Cases.object(keys: 10_000)) == nil)
    #expect(error(Cases.object(keys: 10_001))?.message.contains("10000 keys") == true)
  }

  @Test(arguments: [2, 3, 20, 64, 65, 66, 500, 10_000])
  func `a duplicate key is found at any size`(_ size: Int) {
    #expect(error(Cases.object(keys: size)) == nil)
    let found = error(Cases.object(keys: size) { $0 == size - 1 ? "key0" : "key\($0)" })
    #expect(found?.message == #"expected every key of an object once, found a second "key0""#)
  }

  @Test func `a duplicate key is the same decoded string`() {
    #expect(error(#"{"caf\u00e9":1,"x":2,"café":3}"#)?.offset == 21)
    #expect(error("{\"e\u{301}\":1,\"é\":2}") == nil)
  }

  @Test func `errors say line, column, pointer, expected and found`() {
    let found = error("{\"a\": [1,\n  {\"b/c\": x}]}")
    #expect(found?.line == 2)
    #expect(found?.column == 11)
    #expect(found?.offset == 20)
    #expect(found?.pointer == "/a/1/b~1c")
    #expect(found?.message == "expected a value, found \"x\"")
    #expect(error("[1,2,")?.pointer == "/2")
    #expect(error("[1,2,")?.message == "expected a value, found the end of the input")
    #expect(error("[[0],[0,1 2]]")?.pointer == "/1")
    #expect(error("{\"a\" 1}")?.pointer == "/a")
    #expect(error("{\"a\":1 2}")?.pointer == "")
    #expect(
      error("{\"a\":1 2}")?.description
        == "line 1, column 8: expected \",\" or \"}\" after a member, found \"2\"")
    #expect(error("\"a\u{1}\"")?.message.hasSuffix("found byte 0x1") == true)
  }

  @Test func `a failed parse leaves the document null`() throws {
    var document = try JSONDocument(parsing: Array("[1]".utf8))
    #expect(throws: JSONError.self) { try document.parse(Array("[1".utf8)) }
    #expect(document.kind(document.root) == .null)
    #expect(document.bytes == Array("null".utf8))
    try document.parse(Array("[true]".utf8))
    #expect(document.count(document.root) == 1)
  }

  @Test func `a dense document grows the tape`() throws {
    let text = "[" + [String](repeating: "1", count: 50_000).joined(separator: ",") + "]"
    let document = try JSONDocument(parsing: Array(text.utf8))
    #expect(document.count(document.root) == 50_000)
    #expect(document.nodeCount == 50_001)
  }
}
