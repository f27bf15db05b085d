import JSON
import Testing

struct DocumentTests {
  private func parse(_ text: String) throws -> JSONDocument {
    try JSONDocument(parsing: Array(text.utf8))
  }

  @Test func `members and elements are walked in order`() throws {
    let document = try parse(#"{"a":[1,[2,3],"x"],"b":{"c":null},"d":true}"#)
    var keys: [String] = []
    document.forEachMember(document.root) { key, value in
      keys.append((document.string(key) ?? "") + ":\(document.kind(value))")
    }
    #expect(keys == ["a:array", "b:object", "d:bool"])
    let list = try #require(document.member(document.root, "a"))
    #expect(document.count(list) == 3)
    var kinds: [JSONKind] = []
    document.forEachElement(list) { kinds.append(document.kind($0)) }
    #expect(kinds == [.number, .array, .string])
    let inner = try #require(document.member(document.root, path: ["b", "c"]))
    #expect(document.kind(inner) == .null)
    #expect(document.member(document.root, path: ["b", "x"]) == nil)
    #expect(document.member(list, "a") == nil)
    #expect(document.firstChild(inner) == nil)
    #expect(document.firstChild(list)?.index == list.index + 1)
    #expect(document.next(document.root).index == document.nodeCount)
  }

  @Test func `keys and strings are compared decoded`() throws {
    let document = try parse(#"{"\u0061\/":"\ud83d\ude00\n","é":"e"}"#)
    let face = try #require(document.member(document.root, "a/"))
    #expect(document.string(face) == "\u{1F600}\n")
    #expect(document.equals(face, "\u{1F600}\n"))
    #expect(document.stringBytes(face) == Array("\u{1F600}\n".utf8))
    #expect(document.member(document.root, "é").flatMap { document.string($0) } == "e")
    #expect(document.member(document.root, "e\u{301}") == nil)
    #expect(document.string(document.root) == nil)
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("1.0", 1), ("1e3", 1000), ("-12.50e1", -125), ("100e-2", 1),
    ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
    ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.5", nil), ("1e-1", nil),
    ("1e18", 1_000_000_000_000_000_000), ("1e19", nil), ("1e999999999999999999999", nil),
    ("0e999999999", 0), ("123456789012345678", 123_456_789_012_345_678),
  ])
  func `an exact integer is read`(_ text: String, _ value: Int64?) throws {
    let document = try parse(text)
    #expect(document.int64(document.root) == value)
  }

  @Test func `doubles and truth values are read`() throws {
    let document = try parse(#"[1.5,1e400,true,false,"1",-0.0]"#)
    var values: [Double?] = []
    var truths: [Bool?] = []
    document.forEachElement(document.root) {
      values.append(document.double($0))
      truths.append(document.bool($0))
    }
    #expect(values == [1.5, nil, nil, nil, nil, -0.0])
    #expect(truths == [nil, nil, true, false, nil, nil])
  }

  @Test func `a pointer finds its way back`() throws {
    let document = try parse(#"{"a/b":[0,{"m~n":[[],"x"]}],"":{"q\"":1}}"#)
    var pointers: [String] = []
    for index in 0..<document.nodeCount {
      var node = document.root
      for _ in 0..<index {
        node = document.firstChild(node) ?? document.next(node)
      }
      pointers.append(document.pointer(to: node))
    }
    #expect(
      pointers == [
        "", "/a~1b", "/a~1b", "/a~1b/0", "/a~1b/1", "/a~1b/1/m~0n", "/a~1b/1/m~0n",
        "/a~1b/1/m~0n/0", "/a~1b/1/m~0n/1", "/", "/", "//q\"", "//q\"",
      ])
  }

  @Test func `a pointer's steps are keys`() {
    #expect(JSONDocument.steps(of: "") == [])
    #expect(JSONDocument.steps(of: "#") == [])
    #expect(JSONDocument.steps(of: "/") == [""])
    #expect(JSONDocument.steps(of: "#/a~1b//m~0n/0/ü/") == ["a/b", "", "m~n", "0", "ü", ""])
    // RFC 6901, 4: ~01 is ~1 and no slash.
    #expect(JSONDocument.steps(of: "/~01/~10/~00/~2/~~1") == ["~1", "/0", "~0", "~2", "~/"])
  }

  @Test func `compacting drops only whitespace between tokens`() throws {
    let document = try parse(" { \"a b\" : [ 1.50 , \"\\u0020 x\" ,\n[ ] ] , \"c\":[1,2] } ")
    let expected = #"{"a b":[1.50,"\u0020 x",[]],"c":[1,2]}"#
    #expect(String(decoding: document.compacted(document.root), as: UTF8.self) == expected)
    let inner = try #require(document.member(document.root, "c"))
    #expect(document.compacted(inner) == Array("[1,2]".utf8))
    let again = try parse(expected)
    #expect(again.compacted(again.root) == again.bytes)
  }

  @Test func `a range is the value as received`() throws {
    let document = try parse(#" {"a" : "x\n" }"#)
    let value = try #require(document.member(document.root, "a"))
    #expect(Array(document.bytes[document.range(value)]) == Array(#""x\n""#.utf8))
    #expect(document.range(document.root) == 1..<15)
  }
}
