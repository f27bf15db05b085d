/// Why a schema can't be compiled.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was found and what was expected.
  package var message: String
  /// Where in the schema, as a JSON pointer.
  package var pointer: String
  /// The document that the pointer is about.
  package var schemaID: String

  /// Message and place in one line.
  package var description: String { "\(schemaID)#\(pointer): \(message)" }
}
