package import JSON

/// Compiles draft-07 schemas; what it doesn't support is an error, never ignored.
package struct SchemaCompiler {
  /// What happens to keywords and formats that draft-07 doesn't define.
  package enum UnknownKeywords: Hashable, Sendable {
    /// They are errors, except annotations and names that start with `x-`.
    case refuse
    /// They are ignored, as the specification says.
    case allow
  }

  /// What `format` does.
  package enum Formats: Hashable, Sendable {
    /// A string must be of the format.
    case assert
    /// Nothing: it is an annotation.
    case annotate
  }

  /// Reads another document, given its absolute id; nil when there is none.
  package typealias Load = (String) throws(JSONError) -> JSONDocument?

  private let unknownKeywords: UnknownKeywords
  private let formats: Formats
  private let load: Load

  /// A compiler whose references to other documents are read by `load`.
  package init(
    unknownKeywords: UnknownKeywords = .refuse, formats: Formats = .assert,
    load: @escaping Load = { _ in nil }
  ) {
    self.unknownKeywords = unknownKeywords
    self.formats = formats
    self.load = load
  }

  /// Compiles the schema in `bytes`; relative references are resolved against `id`.
  package func compile(_ bytes: [UInt8], id: String) throws(SchemaError) -> CompiledSchema {
    let document: JSONDocument
    do throws(JSONError) { document = try JSONDocument(parsing: bytes) } catch {
      throw SchemaError(error, in: id)
    }
    return try compile(document, id: id)
  }

  /// Compiles a schema that is parsed already; relative references are resolved against `id`.
  package func compile(
    _ document: JSONDocument, id: String
  ) throws(SchemaError) -> CompiledSchema {
    var compilation = compilation
    return CompiledSchema(program: try compilation.run(document, id: id))
  }

  private var compilation: Compilation {
    Compilation(
      Registry(load: load), refusesUnknown: unknownKeywords == .refuse,
      assertsFormats: formats == .assert)
  }
}
