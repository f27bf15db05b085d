import JSON
import Schema
import Testing

struct CompileTests {
  private func error(
    _ schema: String, unknown: SchemaCompiler.UnknownKeywords = .refuse,
    load: @escaping SchemaCompiler.Load = { _ in nil }
  ) -> SchemaError? {
    do throws(SchemaError) {
      _ = try SchemaCompiler(unknownKeywords: unknown, load: load)
        .compile(Array(schema.utf8), id: "events/a.json")
      return nil
    } catch { return error }
  }

  @Test func `an unknown keyword is refused where it stands`() {
    let schema = #"{"properties":{"a":{"type":"string","minLenght":3}}}"#
    let found = error(schema)
    #expect(found?.message == #"expected a keyword of draft-07, found "minLenght""#)
    #expect(found?.pointer == "/properties/a/minLenght")
    #expect(found?.schemaID == "events/a.json")
    #expect(error(schema, unknown: .allow) == nil)
  }

  @Test(arguments: [
    "$defs", "unevaluatedProperties", "dependentRequired", "minContains", "$anchor",
  ])
  func `keywords of later drafts are refused`(_ keyword: String) {
    #expect(error(#"{"\#(keyword)":{}}"#)?.pointer == "/\(keyword)")
  }

  @Test func `annotations and extensions are accepted`() {
    #expect(
      error(
        """
        {"$schema":"http://json-schema.org/draft-07/schema#","title":"t","description":"d",
        "default":1,"examples":[],"$comment":"c","readOnly":true,"writeOnly":false,
        "contentMediaType":"m","contentEncoding":"e","x-uetlog":{"reads":[]}}
        """) == nil)
  }

  @Test(arguments: [
    #"{"type":"text"}"#, #"{"type":[]}"#, #"{"type":1}"#, #"{"enum":[]}"#, #"{"enum":1}"#,
    #"{"minimum":"1"}"#, #"{"maximum":null}"#, #"{"multipleOf":0}"#, #"{"multipleOf":-1}"#,
    #"{"minLength":-1}"#, #"{"maxLength":1.5}"#, #"{"minItems":"1"}"#, #"{"pattern":1}"#,
    #"{"pattern":"("}"#, #"{"pattern":"(?=a)"}"#, #"{"pattern":"(a)\\1"}"#, #"{"format":1}"#,
    #"{"format":"dates"}"#, #"{"items":1}"#, #"{"items":[1]}"#, #"{"additionalItems":1}"#,
    #"{"uniqueItems":1}"#, #"{"contains":[]}"#, #"{"properties":[]}"#, #"{"properties":{"a":1}}"#,
    #"{"patternProperties":{"[":true}}"#, #"{"additionalProperties":1}"#, #"{"required":"a"}"#,
    #"{"required":["a","a"]}"#, #"{"required":[1]}"#, #"{"propertyNames":1}"#,
    #"{"dependencies":[]}"#, #"{"dependencies":{"a":1}}"#, #"{"dependencies":{"a":[1]}}"#,
    #"{"allOf":[]}"#, #"{"anyOf":{}}"#, #"{"oneOf":[1]}"#, #"{"not":[]}"#, #"{"if":1}"#,
    #"{"then":1}"#, #"{"definitions":{"unused":{"type":"text"}}}"#, #"{"definitions":[]}"#,
    #"{"$ref":1}"#, #"{"$id":1}"#, ##"{"$ref":"#/nowhere"}"##, #"{"$ref":"other.json"}"#,
    ##"{"$ref":"#name"}"##, ##"{"$schema":"http://json-schema.org/draft-04/schema#"}"##, "[]", "1",
    #"{"type":"string""#, #"{"type":"string","type":"null"}"#,
  ])
  func `a schema that means nothing is refused`(_ schema: String) {
    #expect(error(schema) != nil)
  }

  @Test func `a pattern that can't be matched is named`() {
    let found = error(#"{"properties":{"a":{"pattern":"x(?!y)"}}}"#)
    #expect(found?.pointer == "/properties/a/pattern")
    #expect(found?.message.contains("negative lookahead \"(?!\" is not supported") == true)
  }

  @Test(arguments: ["idn-email", "idn-hostname", "iri", "iri-reference", "uri-template"])
  func `formats that are not checked are annotations`(_ format: String) {
    #expect(error(#"{"format":"\#(format)"}"#) == nil)
  }

  @Test(arguments: [
    ##"{"$ref":"#"}"##, ##"{"allOf":[{"$ref":"#"}]}"##, ##"{"not":{"anyOf":[{"$ref":"#"}]}}"##,
    """
    {"$ref":"#/definitions/a","definitions":
    {"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}
    """,
    ##"{"if":{"$ref":"#"},"then":true}"##, ##"{"dependencies":{"a":{"$ref":"#"}}}"##,
  ])
  func `a schema that refers to itself without end is refused`(_ schema: String) {
    #expect(error(schema)?.message.contains("circle") == true)
  }

  @Test(arguments: [
    ##"{"items":{"$ref":"#"}}"##, ##"{"properties":{"a":{"allOf":[{"$ref":"#"}]}}}"##,
    ##"{"additionalProperties":{"$ref":"#"},"propertyNames":{"$ref":"#"}}"##,
  ])
  func `recursion that consumes the document is fine`(_ schema: String) {
    #expect(error(schema) == nil)
  }

  @Test func `references are resolved against the document's id`() throws {
    let documents = [
      "documents/run.json": ##"{"definitions":{"id":{"$ref":"ids.json#/ulid"}}}"##,
      "documents/ids.json": ##"{"ulid":{"type":"string"}}"##,
    ]
    let compiler = SchemaCompiler(unknownKeywords: .allow) { id throws(JSONError) in
      guard let text = documents[id] else { return nil }
      return try JSONDocument(parsing: Array(text.utf8))
    }
    let schema = try compiler.compile(
      Array(##"{"$ref":"../documents/run.json#/definitions/id"}"##.utf8), id: "events/a.json")
    let number = try JSONDocument(parsing: Array("1".utf8))
    let found = schema.firstViolation(in: number, at: number.root)
    #expect(found?.schemaPointer == "documents/ids.json#/ulid/type")
    let text = try JSONDocument(parsing: Array("\"x\"".utf8))
    #expect(schema.isValid(text, text.root))
  }

  @Test func `an error in a loaded document names it`() {
    let found = error(#"{"$ref":"b.json"}"#) { _ throws(JSONError) in
      try JSONDocument(parsing: Array("{\"a\":1,}".utf8))
    }
    #expect(found?.schemaID == "events/b.json")
    #expect(found?.message.hasPrefix("line 1, column 8: expected a key") == true)
    let inner = error(#"{"$ref":"b.json"}"#) { _ throws(JSONError) in
      try JSONDocument(parsing: Array(#"{"type":"text"}"#.utf8))
    }
    #expect(inner?.description.hasPrefix("events/b.json#/type: expected one of null") == true)
  }
}
