import Events
import Pipeline
import Testing

@testable import Commands

@Suite struct UserTypeTests {
  private func schema(
    title: String = "deploy_finished", stream: String = "deploy-{deploy_id}",
    reversal: String = "none", more: String = "", type: String = "string"
  ) -> [UInt8] {
    Array(
      """
      {"$schema": "http://json-schema.org/draft-07/schema#", "$id": "\(title).json",
       "title": "\(title)", "description": "A deployment is done.",
       "x-uetlog": {"stream": "\(stream)", "reversal": "\(reversal)", "severity": "info"\(more)},
       "type": "object", "additionalProperties": false, "required": ["deploy_id"],
       "properties": {"deploy_id": {"type": "\(type)"}}}
      """.utf8)
  }

  @Test func `a type of one's own is taken`() throws {
    let type = try UserType(schema(), origin: "f.json")
    #expect(type.name == "deploy_finished")
    #expect(!type.bytes.contains(0x0A))
  }

  @Test func `what would touch the program's own state is refused`() throws {
    let wrong: [([UInt8], String)] = [
      (schema(title: "note"), "/title"), (schema(title: "Deploy"), "/title"),
      (schema(stream: "task-{deploy_id}"), "/x-uetlog/stream"),
      (schema(stream: "cost-{deploy_id}"), "/x-uetlog/stream"),
      (schema(stream: "{deploy_id}"), "/x-uetlog/stream"),
      (schema(stream: "deploy-{deploy_id}|patch-x"), "/x-uetlog/stream"),
      (schema(reversal: "generic"), "/x-uetlog/reversal"),
      (schema(more: #","adds": ["total"]"#), "/x-uetlog/adds"),
      (schema(more: #","entity": "task-{deploy_id}""#), "/x-uetlog/entity"),
    ]
    for (bytes, pointer) in wrong {
      let error = try #require(throws: LogError.self) { try UserType(bytes, origin: "f.json") }
      #expect(error.pointer == pointer, "\(error)")
      #expect(ExitCode(error.code) == .badInput)
    }
  }

  @Test func `a schema that can't be compiled is refused`() throws {
    let error = try #require(throws: LogError.self) {
      try UserType(schema(type: "text"), origin: "f.json")
    }
    #expect(ExitCode(error.code) == .badInput)
  }
}
