package import Events
internal import JSON
package import Schema
internal import SchemaFiles
internal import Synchronization

/// All event types: those of `schema/`, compiled when they are first used, and those that a user
/// registered in the log at hand.
package final class Catalog: Sendable {
  private let definitions = Mutex<[String: EventDefinition]>([:])
  /// Types on their way into the log: drafts may use them before it has them.
  private let offers = Mutex<[String: EventDefinition]>([:])

  package init() {}

  /// The definition of a type; nil when there is none of that name.
  package func definition(_ name: String) throws(LogError) -> EventDefinition? {
    if let known = definitions.withLock({ $0[name] }) { return known }
    guard let index = SchemaFiles.index(ofEvent: name) else { return nil }
    let origin = SchemaFiles.name(at: index)
    let document = try Self.parse(origin) { () throws(JSONError) in
      try ShippedSchemas.document(at: index)
    }
    return try add(name, SchemaFiles.bytes(at: index), document, origin: origin)
  }

  /// The definition of a type that a draft registers; nil when there is none of that name.
  package func offered(_ name: String) -> EventDefinition? { offers.withLock { $0[name] } }

  /// Lets drafts use a type that another one is about to register; the log has the last word.
  package func offer(_ type: UserType) {
    offers.withLock { $0[type.name] = type.definition }
  }

  /// Registers a type from the bytes of its schema file.
  ///
  /// - Parameter origin: how errors name the file.
  @discardableResult
  package func add(
    _ name: String, _ bytes: [UInt8], origin: String
  ) throws(LogError) -> EventDefinition {
    let definition = try Self.definition(name, bytes, origin: origin, isOffered: false)
    definitions.withLock { $0[name] = definition }
    return definition
  }

  static func definition(
    _ name: String, _ bytes: [UInt8], origin: String, isOffered: Bool
  ) throws(LogError) -> EventDefinition {
    let document = try parse(origin) { () throws(JSONError) in try JSONDocument(parsing: bytes) }
    return try definition(name, bytes, document, origin: origin, isOffered: isOffered)
  }

  private static func parse(
    _ origin: String, _ document: () throws(JSONError) -> JSONDocument
  ) throws(LogError) -> JSONDocument {
    do throws(JSONError) { return try document() } catch {
      throw LogError(.badInput, "\(origin) is not JSON: \(error)", pointer: error.pointer)
    }
  }

  private func add(
    _ name: String, _ bytes: [UInt8], _ document: JSONDocument, origin: String
  ) throws(LogError) -> EventDefinition {
    let definition = try Self.definition(name, bytes, document, origin: origin, isOffered: false)
    definitions.withLock { $0[name] = definition }
    return definition
  }

  private static func definition(
    _ name: String, _ bytes: [UInt8], _ document: JSONDocument, origin: String, isOffered: Bool
  ) throws(LogError) -> EventDefinition {
    let schema = try compile(id: origin) { compiler throws(SchemaError) in
      try compiler.compile(document, id: origin)
    }
    return EventDefinition(
      name: name, bytes: bytes, document: document, schema: schema, isOffered: isOffered)
  }

  /// Compiles a schema; `$ref`s reach every file of `schema/` by its id.
  package static func compile(_ bytes: [UInt8], id: String) throws(LogError) -> CompiledSchema {
    try compile(id: id) { compiler throws(SchemaError) in try compiler.compile(bytes, id: id) }
  }

  private static func compile(
    id: String, _ compile: (SchemaCompiler) throws(SchemaError) -> CompiledSchema
  ) throws(LogError) -> CompiledSchema {
    let compiler = SchemaCompiler(unknownKeywords: .refuse, formats: .assert) {
      id throws(JSONError) in try ShippedSchemas.document(id: id)
    }
    do { return try compile(compiler) } catch {
      throw LogError(
        .badInput, "schema \(id) can't be used: \(error.message)", pointer: error.pointer)
    }
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
