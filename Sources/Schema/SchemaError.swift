internal import JSON

/// Why a schema can't be compiled.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was found and what was expected.
  package var message: String
  /// Where in the schema, as a JSON pointer.
  package var pointer: String
  /// The document that the pointer is about.
  package var schemaID: String

  /// Why a document is no JSON.
  init(_ error: JSONError, in id: String) {
    self.init(
      message: "line \(error.line), column \(error.column): \(error.message)",
      pointer: error.pointer, schemaID: id)
  }

  init(message: String, pointer: String, schemaID: String) {
    self.message = message
    self.pointer = pointer
    self.schemaID = schemaID
  }

  /// Message and place in one line.
  package var description: String { "\(schemaID)#\(pointer): \(message)" }
}
