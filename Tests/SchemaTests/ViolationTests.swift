import JSON
import Schema
import Testing

struct ViolationTests {
  private func violations(_ schema: String, _ text: String, limit: Int = 10) throws -> [Violation] {
    let compiled = try SchemaCompiler().compile(Array(schema.utf8), id: "test")
    let document = try JSONDocument(parsing: Array(text.utf8))
    return compiled.violations(in: document, at: document.root, limit: limit)
  }

  @Test func `a violation says where, what is expected and what was found`() throws {
    let schema = #"{"properties":{"a":{"items":{"enum":["passed","failed"]}}}}"#
    let found = try violations(schema, #"{"a":["passed","maybe"]}"#)
    #expect(
      found == [
        Violation(
          pointer: "/a/1", keyword: "enum", schemaPointer: "/properties/a/items/enum",
          expected: "one of passed, failed", found: "\"maybe\"")
      ])
    #expect(found.first?.description == "/a/1: expected one of passed, failed, found \"maybe\"")
  }

  @Test(arguments: [
    (#"{"type":"string"}"#, "1", "type", "a string"),
    (#"{"type":["integer","null"]}"#, "1.5", "type", "an integer or null"),
    (#"{"const":{"a":1}}"#, "1", "const", #"the value {"a":1}"#),
    (#"{"enum":["a",1,null]}"#, "2", "enum", "one of a, 1, null"),
    (#"{"minimum":3}"#, "2", "minimum", "at least 3"),
    (#"{"maximum":3}"#, "3.5", "maximum", "at most 3"),
    (#"{"exclusiveMinimum":3}"#, "3", "exclusiveMinimum", "more than 3"),
    (#"{"exclusiveMaximum":3}"#, "3.0", "exclusiveMaximum", "less than 3"),
    (#"{"multipleOf":0.1}"#, "0.25", "multipleOf", "a multiple of 0.1"),
    (#"{"minLength":1}"#, "\"\"", "minLength", "at least 1 character"),
    (#"{"maxLength":2}"#, "\"abc\"", "maxLength", "at most 2 characters"),
    (#"{"pattern":"^a"}"#, "\"b\"", "pattern", "text that matches ^a"),
    (#"{"format":"date"}"#, "\"x\"", "format", "text of the format date"),
    (#"{"minItems":1}"#, "[]", "minItems", "at least 1 element"),
    (#"{"maxItems":1}"#, "[1,2]", "maxItems", "at most 1 element"),
    (#"{"uniqueItems":true}"#, "[1,1.0]", "uniqueItems", "elements that differ"),
    (
      #"{"contains":{"type":"null"}}"#, "[1]", "contains",
      "an element that matches the schema under contains"
    ),
    (#"{"minProperties":1}"#, "{}", "minProperties", "at least 1 member"),
    (#"{"maxProperties":0}"#, #"{"a":1}"#, "maxProperties", "at most 0 members"),
    (#"{"required":["a"]}"#, "{}", "required", #"a member "a""#),
    (#"{"anyOf":[{"type":"null"},false]}"#, "1", "anyOf", "a match of at least one of 2 schemas"),
    (#"{"oneOf":[true,true]}"#, "1", "oneOf", "a match of exactly one of 2 schemas"),
    (#"{"not":true}"#, "1", "not", "no match of the schema under not"),
    (
      #"{"dependencies":{"a":["b"]}}"#, #"{"a":1}"#, "dependencies",
      #"a member "b", which another one asks for"#
    ),
    ("false", "1", "false", "nothing here"),
    (#"{"items":[true],"additionalItems":false}"#, "[1,2]", "additionalItems", "nothing here"),
    (
      #"{"if":{"type":"string"},"then":{"minLength":2}}"#, "\"a\"", "minLength",
      "at least 2 characters"
    ),
  ])
  func `each keyword says what it expects`(
    _ schema: String, _ text: String, _ keyword: String, _ expected: String
  ) throws {
    let found = try violations(schema, text)
    #expect(found.count == 1)
    #expect(found.first?.keyword == keyword)
    #expect(found.first?.expected == expected)
  }

  @Test func `a closed object names the stray member and those it may have`() throws {
    let schema =
      #"{"properties":{"a":{},"b":{}},"patternProperties":{"^x-":{}},"additionalProperties":false}"#
    let found = try violations(schema, #"{"a":1,"c/d":2,"x-y":3}"#)
    #expect(found.map(\.pointer) == ["/c~1d"])
    #expect(found.first?.keyword == "additionalProperties")
    #expect(found.first?.expected == "one of the members a, b, a key that matches ^x-")
    #expect(found.first?.found == "\"c/d\"")
  }

  @Test func `a missing member is reported with its object`() throws {
    let found = try violations(
      #"{"properties":{"p":{"required":["a","b","c"]}}}"#, #"{"p":{"b":1}}"#)
    #expect(found.map(\.expected) == [#"a member "a""#, #"a member "c""#])
    #expect(found.map(\.found) == ["no such member", "no such member"])
    #expect(found.map(\.pointer) == ["/p", "/p"])
    #expect(found.first?.schemaPointer == "/properties/p/required")
  }

  @Test func `what was found is shortened to 60 characters`() throws {
    let long = "\"" + String(repeating: "é", count: 100) + "\""
    let found = try violations(#"{"type":"null"}"#, long).first?.found
    #expect(found?.count == 60)
    #expect(found?.hasSuffix("é…") == true)
    let exact = "\"" + String(repeating: "x", count: 58) + "\""
    #expect(try violations(#"{"type":"null"}"#, exact).first?.found == exact)
  }

  @Test func `violations are counted up to the limit`() throws {
    let text = "[" + [String](repeating: "1", count: 50).joined(separator: ",") + "]"
    #expect(try violations(#"{"items":{"type":"null"}}"#, text, limit: 7).count == 7)
    #expect(try violations(#"{"items":{"type":"null"}}"#, text, limit: 100).count == 50)
    #expect(try violations(#"{"items":{"type":"null"}}"#, text, limit: 0).isEmpty)
  }
}
