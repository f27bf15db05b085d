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
    let schema = try Catalog.compile(bytes, id: origin)
    let definition = EventDefinition(
      name: name, bytes: bytes, document: document, schema: schema)
    definitions.withLock { $0[name] = definition }
    return definition
  }

  /// Compiles a schema; `$ref`s reach every file of `schema/` by its id.
  package static func compile(_ bytes: [UInt8], id: String) throws(LogError) -> CompiledSchema {
    let compiler = SchemaCompiler(unknownKeywords: .refuse, formats: .assert, load: { load($0) })
    do { return try compiler.compile(bytes, id: id) } catch {
      throw LogError(
        .badInput, "schema \(id) can't be used: \(error.message)", pointer: error.pointer)
    }
  }

  /// The file behind an id such as `schema/patch_artifact.v1.json`.
  ///
  /// References name files from the top, as the documents they describe always did; resolved
  /// against the id of the file they stand in they get its folders in front, which are dropped.
  static func load(_ id: String) -> [UInt8]? {
    let parts = id.split(separator: "/")
    guard let top = parts.lastIndex(of: "schema") else { return nil }
    let path = parts[(top + 1)...].joined(separator: "/")
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
