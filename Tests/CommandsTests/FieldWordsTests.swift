import Events
import Pipeline
import Schema
import Testing

@testable import Commands

@Suite struct FieldWordsTests {
  private func payload(_ words: [String], type: String = "note") throws -> String {
    let id = try #require(ShippedSchemas.id(named: type))
    let types = FieldTypes(root: id) { try? ShippedSchemas.document(id: $0) }
    let bytes = try FieldWords(types: { types.type(at: $0) }).payload(words)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    arguments: [
      ("note", ["text=5"], #"{"text":"5"}"#),
      ("note", ["text=true"], #"{"text":"true"}"#),
      ("note", [#"text="q""#], #"{"text":"\"q\""}"#),
      ("note", ["text="], #"{"text":""}"#),
      ("note", ["text=a=b"], #"{"text":"a=b"}"#),
      (
        "note", ["text=x", "data.n=5", "data.o.p=y"],
        #"{"text":"x","data":{"n":"5","o":{"p":"y"}}}"#
      ),
      ("note", ["text=x", "data:={\"n\": 5}"], #"{"text":"x","data":{"n":5}}"#),
      ("worker_heartbeat", ["worker_id=7", "progress=42"], #"{"worker_id":"7","progress":42}"#),
      ("worker_heartbeat", ["worker_id=w", "progress=4a"], #"{"worker_id":"w","progress":"4a"}"#),
      ("task_created", ["priority=2"], #"{"priority":2}"#),
      ("task_created", ["priority=high"], #"{"priority":"high"}"#),
      ("task_created", ["files_scope.read=a.py"], #"{"files_scope":{"read":["a.py"]}}"#),
      ("task_created", ["depends_on=a", "depends_on=7"], #"{"depends_on":["a","7"]}"#),
      ("task_created", ["depends_on[]=a"], #"{"depends_on":["a"]}"#),
      ("task_created", [#"depends_on=["a"]"#], #"{"depends_on":["a"]}"#),
      ("patch_created", ["artifact.patch_id=01"], #"{"artifact":{"patch_id":"01"}}"#),
    ] as [(String, [String], String)])
  func `fields are typed by the schema`(_ type: String, _ words: [String], _ json: String) throws {
    #expect(try payload(words, type: type) == json)
  }

  @Test(arguments: [
    ["text"], ["=x"], ["text=a", "text=b"], ["a..b=c"], ["text=a", "text.b=c"], [".a=b"],
  ])
  func `what is no field is refused`(_ words: [String]) throws {
    let error = try #require(throws: LogError.self) { try payload(words) }
    #expect(error.code == .usage)
  }

  @Test func `raw JSON must be JSON`() throws {
    let error = try #require(throws: LogError.self) { try payload(["data:={"]) }
    #expect(error.code == .badInput && error.pointer == "/data")
  }
}
