import Bytes
import JSON
import TestSupport
import Testing

/// Values read in place are those that a parsed document has.
struct StoredTests {
  private func stored(_ text: String) -> StoredJSON {
    let bytes = Array(text.utf8)
    return StoredJSON(bytes, bytes.indices)
  }

  private static let samples = [
    #"{"a":1,"b":"x","c":[1,{"a":2},"]"],"d":{"a":{"b":true}},"e":null,"f":false}"#,
    #"{ "a" : -7.5e1 , "b" : "q\"}\\" , "c" : [ ] , "d" : { } , "e" : 12345678901234567890 }"#,
    #"{"\u0061":"\ud83d\ude00","b\n":"é","c":1.0,"d":"{\"a\":1}","e":[[["a"]]],"f":1e3}"#,
    #"{"aaaaaaaaaaaaaaaa":"bbbbbbbbbbbbbbbbbbbbbbbb\\","a":"","b":0,"c":true}"#,
    "{}", "[1,2]", #""text""#, "17", "null",
  ]
  private static let keys = ["a", "b", "c", "d", "e", "f", "b\n", "aaaaaaaaaaaaaaaa", "", "x"]

  @Test(arguments: samples)
  func `a member is what the parsed document has`(text: String) throws {
    let document = try JSONDocument(parsing: Array(text.utf8))
    var found = 0
    for key in Self.keys {
      let value = stored(text).member(key)
      guard let node = document.member(document.root, key) else {
        #expect(value == nil, "\(key)")
        continue
      }
      found += 1
      let member = try #require(value, "\(key)")
      #expect(member.string == document.string(node))
      #expect(member.int64 == document.int64(node))
      #expect(member.double == document.double(node))
      #expect(member.bool == document.bool(node))
      #expect(member.compacted == document.compacted(node))
      var text: [UInt8] = []
      let hasText = document.kind(node) == .string || document.kind(node) == .number
      #expect(member.appendText(to: &text) == hasText)
      if hasText { #expect(text == document.stringBytes(node) ?? document.compacted(node)) }
    }
    #expect(found == document.count(document.root) || document.kind(document.root) != .object)
  }

  @Test func `members of members are those of the parsed document, in order`() throws {
    let nested = [
      #"{"a" : { "\u0062":[{"c":1}] , "c":{"d":2} } ,"e":"{","f":{},"a\"":{"h":"}","i":-1}}"#,
      #"{"a\n":{"b":{}}}"#,
    ]
    var found: [String] = []
    for text in Self.samples + nested {
      let document = try JSONDocument(parsing: Array(text.utf8))
      var wanted: [String] = []
      document.forEachMember(document.root) { outer, object in
        guard document.kind(object) == .object else { return }
        document.forEachMember(object) { key, value in
          let keys = [outer, key].map { String(decoding: document.textBytes($0), as: UTF8.self) }
          wanted.append("\(keys) \(document.compacted(value))")
        }
      }
      var inner: [String] = []
      stored(text).forEachInnerMember { outer, key, value in
        let keys = [outer.indices.map { outer[$0] }, key.indices.map { key[$0] }]
          .map { String(decoding: $0, as: UTF8.self) }
        inner.append("\(keys) \(value.compacted)")
      }
      #expect(inner == wanted, "\(text)")
      found += inner
    }
    #expect(found.count == 6)
  }

  @Test func `a path leads through objects only`() {
    let value = stored(Self.samples[0])
    #expect(value.member(path: ["d", "a", "b"])?.bool == true)
    #expect(value.member(path: ["d", "b"]) == nil)
    #expect(value.member(path: ["c", "a"]) == nil)
    #expect(value.member(path: [])?.member("a")?.int64 == 1)
  }

  @Test func `bytes that are no document are read without a trap`() throws {
    try forAll(seed: 40, count: 300) { generator in
      var bytes = Array(Self.samples[Int(generator.next() % 4)].utf8)
      for _ in 0..<(1 + generator.next() % 4) {
        let place = Int(generator.next() % UInt64(bytes.count))
        switch generator.next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: Array(#"{"\"#.utf8), at: place)
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      let value = StoredJSON(bytes, 0..<Int.max)
      value.forEachInnerMember { _, _, value in _ = value.compacted }
      for key in Self.keys {
        let member = value.member(key)
        _ = (member?.string, member?.int64, member?.double, member?.bool, member?.compacted)
      }
    }
  }
}
