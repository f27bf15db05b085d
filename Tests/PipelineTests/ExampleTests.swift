import Events
import JSON
import Pipeline
import Schema
import TestSupport
import Testing

/// Each schema takes its valid examples and finds in each invalid one what is wrong, and no more.
struct ExampleTests {
  private static let folder: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/schema/examples/"
  }()

  /// The folders with examples below this one, as paths, and the names of the examples.
  private static func examples(_ path: String) -> [(path: String, names: [String])] {
    let names = TestSupport.Files.names(in: folder + path)
    let files = names.filter { $0.hasSuffix(".json") }
    if !files.isEmpty { return [(path, files)] }
    return names.flatMap { examples(path.isEmpty ? $0 : path + "/" + $0) }
  }

  private struct Found: Hashable {
    var pointer: String
    var keyword: String
  }

  private func violations(_ bytes: [UInt8], _ schema: CompiledSchema) throws -> [Found] {
    let document = try JSONDocument(parsing: bytes)
    return schema.violations(in: document, at: document.root, limit: 100).map {
      // The example names the object, the violation what is not allowed in it.
      var pointer = $0.pointer[...]
      if $0.keyword == "additionalProperties", let end = pointer.lastIndex(of: "/") {
        pointer = pointer[..<end]
      }
      return Found(pointer: String(pointer), keyword: $0.keyword)
    }
  }

  @Test func `examples are judged as they say`() throws {
    var counts = (valid: 0, invalid: 0)
    for (path, names) in Self.examples("") {
      let id = try #require(ShippedSchemas.id(named: path), "\(path): no schema")
      let schema = try Catalog.compile(try #require(ShippedSchemas.bytes(id: id)), id: id)
      for name in names {
        let bytes = try TestSupport.Files.read(Self.folder + path + "/" + name)
        if name.hasPrefix("valid-") {
          counts.valid += 1
          #expect(try violations(bytes, schema) == [], "\(path)/\(name)")
          continue
        }
        counts.invalid += 1
        let example = try JSONDocument(parsing: bytes)
        func text(_ key: String) throws -> String {
          try #require(
            example.member(example.root, key).flatMap { example.string($0) }, "\(path)/\(name)")
        }
        let document = try #require(example.member(example.root, "document"))
        let expected = Found(pointer: try text("pointer"), keyword: try text("keyword"))
        let found = try violations(example.compacted(document), schema)
        #expect(found == [expected], "\(path)/\(name)")
        #expect(try !text("why").isEmpty, "\(path)/\(name)")
      }
    }
    #expect(counts.valid >= 160 && counts.invalid >= 470, "\(counts)")
  }

  @Test func `a valid example with a stray or missing member is found`() throws {
    // The control: what judges the examples can tell.
    let id = "schema/patch_ledger_entry.v1.json"
    let schema = try Catalog.compile(try #require(ShippedSchemas.bytes(id: id)), id: id)
    let path = Self.folder + "uet/patch_ledger_entry.v1/valid-quarantined.json"
    let text = String(decoding: try TestSupport.Files.read(path), as: UTF8.self)
    let stray = text.replacing(#""state":"#, with: #""status": 1, "state":"#)
    #expect(
      try violations(Array(stray.utf8), schema) == [
        Found(pointer: "", keyword: "additionalProperties")
      ])
    let missing = text.replacing(#""format_ok": true,"#, with: "")
    #expect(
      try violations(Array(missing.utf8), schema) == [
        Found(pointer: "/validation", keyword: "required")
      ])
  }
}
