import Bytes
import JSON
import Schema
import Testing

struct EvaluationTests {
  private func isValid(_ schema: String, _ text: String) throws -> Bool {
    let compiled = try SchemaCompiler().compile(Array(schema.utf8), id: "test")
    let document = try JSONDocument(parsing: Array(text.utf8))
    return compiled.isValid(document, document.root)
  }

  @Test func `escaped keys and strings are judged decoded`() throws {
    let schema =
      #"{"properties":{"a":{"enum":["x"]}},"additionalProperties":false,"required":["a"]}"#
    #expect(try isValid(schema, #"{"\u0061":"\u0078"}"#))
    #expect(try !isValid(schema, #"{"\u0062":"x"}"#))
    #expect(try isValid(#"{"maxLength":1,"minLength":1,"pattern":"^.$"}"#, #""\ud83d\ude00""#))
    #expect(try isValid(#"{"patternProperties":{"^a$":false}}"#, #"{"b":1}"#))
    #expect(try !isValid(#"{"patternProperties":{"^a$":false}}"#, #"{"\u0061":1}"#))
    #expect(try !isValid(#"{"dependencies":{"a":["b"]}}"#, #"{"\u0061":1}"#))
    #expect(try isValid(#"{"const":"a\u0062"}"#, #""\u0061b""#))
  }

  @Test func `lengths are counted in characters of Unicode`() throws {
    for (text, count) in [
      ("é", 1), ("\u{1F600}\u{1F600}", 2), ("e\u{301}", 2), ("abcdefghijklm", 13),
    ] {
      #expect(try isValid(#"{"minLength":\#(count),"maxLength":\#(count)}"#, "\"\(text)\""))
      #expect(try !isValid(#"{"minLength":\#(count + 1)}"#, "\"\(text)\""))
      #expect(try !isValid(#"{"maxLength":\#(count - 1)}"#, "\"\(text)\""))
    }
  }

  @Test func `numbers are compared exactly`() throws {
    #expect(try !isValid(#"{"maximum":9007199254740992}"#, "9007199254740993"))
    #expect(try !isValid(#"{"maximum":1e30}"#, "1000000000000000000000000000001"))
    #expect(try isValid(#"{"const":1e2}"#, "100.0"))
    #expect(try isValid(#"{"type":"integer"}"#, "1.50e1"))
    #expect(try !isValid(#"{"type":"integer"}"#, "1e-1"))
    #expect(try isValid(#"{"multipleOf":0.01}"#, "19.99"))
    #expect(try !isValid(#"{"multipleOf":0.01}"#, "19.995"))
  }

  @Test func `objects are equal in any order, at any size`() throws {
    for size in [2, 16, 17, 300] {
      let members = (0..<size).map { "\"k\($0)\":[\($0),{\"x\":\($0).0}]" }
      let one = "{" + members.joined(separator: ",") + "}"
      let other = "{" + members.reversed().joined(separator: ",") + "}"
      #expect(try isValid(#"{"const":\#(one)}"#, other))
      #expect(try !isValid(#"{"const":\#(one)}"#, other.replacing("\"k1\"", with: "\"k\"")))
      #expect(try !isValid(#"{"uniqueItems":true}"#, "[\(one),\(other)]"))
    }
  }

  @Test(arguments: [2, 16, 17, 5_000])
  func `equal elements are found among many`(_ size: Int) throws {
    let unique = (0..<size).map { "{\"id\":\($0)}" }
    #expect(try isValid(#"{"uniqueItems":true}"#, "[" + unique.joined(separator: ",") + "]"))
    let twice = unique.dropLast() + ["{\"id\":0.0}"]
    #expect(try !isValid(#"{"uniqueItems":true}"#, "[" + twice.joined(separator: ",") + "]"))
  }

  @Test func `any number of keys can be required`() throws {
    let keys = (0..<100).map { "\"k\($0)\"" }
    let schema = "{\"required\":[" + keys.joined(separator: ",") + "]}"
    let members = keys.map { $0 + ":1" }
    #expect(try isValid(schema, "{" + members.joined(separator: ",") + "}"))
    for missing in [0, 63, 64, 99] {
      let rest = members.enumerated().filter { $0.offset != missing }.map(\.element)
      #expect(try !isValid(schema, "{" + rest.joined(separator: ",") + "}"))
    }
  }

  @Test func `the deepest document passes a recursive schema`() throws {
    let schema = ##"{"type":"array","items":{"anyOf":[{"type":"null"},{"allOf":[{"$ref":"#"}]}]}}"##
    let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(try isValid(schema, deep))
    #expect(try !isValid(schema, deep.replacing("[]", with: "[1]")))
  }

  @Test func `schemas that apply each other in every combination end`() throws {
    let levels = (1...40).map { level in
      let below = ##"{"$ref":"#/definitions/l\##(level - 1)"}"##
      return #""l\#(level)":{"allOf":[\#(below),\#(below)]}"#
    }
    let definitions = ([#""l0":{"minimum":0}"#] + levels).joined(separator: ",")
    let schema = ##"{"$ref":"#/definitions/l40","definitions":{\##(definitions)}}"##
    let compiled = try SchemaCompiler().compile(Array(schema.utf8), id: "test")
    let document = try JSONDocument(parsing: Array("1".utf8))
    #expect(!compiled.isValid(document, document.root))
  }

  @Test func `keys are found among any others`() throws {
    var random = SeededEntropy(seed: 0x5EED)
    for _ in 0..<200 {
      let pool = (0..<30).map { _ in
        String(
          (0..<Int.random(in: 0...12, using: &random)).map { _ in
            "abcé_".randomElement(using: &random) ?? "a"
          })
      }
      let known = Set(pool.prefix(Int.random(in: 1...20, using: &random)))
      let given = Set(pool.shuffled(using: &random).prefix(5))
      let properties = known.map { "\"\($0)\":true" }.joined(separator: ",")
      let members = given.map { "\"\($0)\":1" }.joined(separator: ",")
      let schema = #"{"properties":{\#(properties)},"additionalProperties":false}"#
      #expect(
        try isValid(schema, "{\(members)}") == given.isSubset(of: known),
        "seed 0x5EED: \(schema) on {\(members)}")
    }
  }

  @Test func `the only alternative for a type says what is wrong inside`() throws {
    let schema = """
      {"properties":{"a":{"anyOf":[{"type":"null"},{"$ref":"#/definitions/p"}]}},
      "definitions":{"p":{"type":"object","required":["id"]}}}
      """
    let compiled = try SchemaCompiler().compile(Array(schema.utf8), id: "test")
    for (text, keyword, pointer) in [
      (#"{"a":{}}"#, "required", "/a"), (#"{"a":1}"#, "anyOf", "/a"),
    ] {
      let document = try JSONDocument(parsing: Array(text.utf8))
      let found = compiled.violations(in: document, at: document.root, limit: 5)
      #expect(found.map(\.keyword) == [keyword])
      #expect(found.first?.pointer == pointer)
    }
  }

  @Test func `formats can be annotations`() throws {
    let compiler = SchemaCompiler(formats: .annotate)
    let schema = try compiler.compile(Array(#"{"format":"ipv4"}"#.utf8), id: "test")
    let document = try JSONDocument(parsing: Array("\"x\"".utf8))
    #expect(schema.isValid(document, document.root))
  }
}
