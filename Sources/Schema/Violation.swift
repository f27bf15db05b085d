/// One way in which a value breaks a schema.
package struct Violation: Hashable, Sendable, CustomStringConvertible {
  /// The value, as a JSON pointer into the document.
  package var pointer: String
  /// The keyword that it breaks.
  package var keyword: String
  /// The keyword's place in the schema; other documents than the compiled one are named first.
  package var schemaPointer: String
  /// What the keyword asks for.
  package var expected: String
  /// The value as received, shortened to 60 characters.
  package var found: String

  /// A violation of the given parts.
  package init(
    pointer: String, keyword: String, schemaPointer: String, expected: String, found: String
  ) {
    self.pointer = pointer
    self.keyword = keyword
    self.schemaPointer = schemaPointer
    self.expected = expected
    self.found = found
  }

  /// The whole in one line.
  package var description: String {
    "\(pointer.isEmpty ? "the document" : pointer): expected \(expected), found \(found)"
  }
}
