package import Events
internal import JSON
package import Schema
internal import SchemaFiles
internal import Synchronization

/// All event types: those of `schema/`, compiled when they are first used, and those that a user
/// registered in the log at hand.
package final class Catalog: Sendable {
  private let definitions = Mutex<[String: EventDefinition]>([:])

  package init() {}

  /// The definition of a type; nil when there is none of that name.
  package func definition(_ name: String) throws(LogError) -> EventDefinition? {
    if let known = definitions.withLock({ $0[name] }) { return known }
    guard let index = SchemaFiles.index(ofEvent: name) else { return nil }
    return try add(name, SchemaFiles.bytes(at: index), origin: SchemaFiles.name(at: index))
  }

  /// Registers a type from the bytes of its schema file.
  ///
  /// - Parameter origin: how errors name the file.
  @discardableResult
  package func add(
    _ name: String, _ bytes: [UInt8], origin: String
  ) throws(LogError) -> EventDefinition {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: bytes) } catch {
      throw LogError(.badInput, "\(origin) is not JSON: \(error)", pointer: error.pointer)
    }
    let schema = try Catalog.compile(id: origin) { compiler throws(SchemaError) in
      try compiler.compile(document, id: origin)
    }
    let definition = EventDefinition(
      name: name, bytes: bytes, document: document, schema: schema)
    definitions.withLock { $0[name] = definition }
    return definition
  }

  /// Compiles a schema; `$ref`s reach every file of `schema/` by its id.
  package static func compile(_ bytes: [UInt8], id: String) throws(LogError) -> CompiledSchema {
    try compile(id: id) { compiler throws(SchemaError) in try compiler.compile(bytes, id: id) }
  }

  private static func compile(
    id: String, _ compile: (SchemaCompiler) throws(SchemaError) -> CompiledSchema
  ) throws(LogError) -> CompiledSchema {
    let compiler = SchemaCompiler(unknownKeywords: .refuse, formats: .assert, load: { load($0) })
    do { return try compile(compiler) } catch {
      throw LogError(
        .badInput, "schema \(id) can't be used: \(error.message)", pointer: error.pointer)
    }
  }

  /// The file behind an id such as `schema/patch_artifact.v1.json`.
  ///
  /// References name files from the top, as the documents they describe always did; resolved
  /// against the id of the file they stand in they get its folders in front, which are dropped.
  static func load(_ id: String) -> [UInt8]? {
    var rest = id.utf8[...]
    var last: Substring.UTF8View?
    while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
      let isTop = rest[..<slash].elementsEqual("schema".utf8)
      rest = rest[rest.index(after: slash)...]
      if isTop { last = rest }
    }
    guard let last else { return nil }
    let path = String(Substring(last))
    for candidate in [path, "uet/" + path, "uet-extra/" + path] {
      if let index = SchemaFiles.index(ofPath: candidate) { return SchemaFiles.bytes(at: index) }
    }
    return nil
  }

  /// The names of all types of `schema/`, sorted.
  package static var names: [String] {
    (0..<SchemaFiles.count).compactMap { index in
      let path = SchemaFiles.name(at: index)
      guard path.hasPrefix("events/"), let file = path.split(separator: "/").last else {
        return nil
      }
      return String(file.prefix { $0 != "." })
    }.sorted()
  }
}
