import JSON
import Pipeline
import Testing

@testable import Commands

@Suite struct RunEventTests {
  @Test func `the kinds are those of the schema`() throws {
    let document = try #require(try ShippedSchemas.document(id: "schema/run_event.v1.json"))
    let kinds = try #require(
      document.member(document.root, path: ["properties", "kind", "enum"]))
    var names: Set<String> = []
    document.forEachElement(kinds) { names.insert(document.string($0) ?? "") }
    #expect(names == RunEvent.kinds)
    #expect(names.count == 15)
  }
}
