package import JSON
package struct SchemaError: Error, Sendable, CustomStringConvertible { package var message: String; package var pointer: String; package var schemaID: String; package var description: String { message } }
package struct Violation: Hashable, Sendable, CustomStringConvertible { package var pointer: String, keyword: String, schemaPointer: String, expected: String, found: String; package var description: String { expected } }
package enum UnknownKeywords: Sendable { case refuse, allow }
package enum Formats: Sendable { case assert, annotate }
package struct SchemaCompiler { package init(unknownKeywords: UnknownKeywords, formats: Formats, load: @escaping (String) -> [UInt8]?) {}
 package func compile(_ bytes: [UInt8], id: String) throws(SchemaError) -> CompiledSchema { CompiledSchema() } }
package struct CompiledSchema: Sendable {
  package func isValid(_ d: borrowing JSONDocument, _ n: JSONNode) -> Bool { true }
  package func firstViolation(in d: borrowing JSONDocument, at n: JSONNode) -> Violation? { nil }
  package func violations(in d: borrowing JSONDocument, at n: JSONNode, limit: Int) -> [Violation] { [] }
}
