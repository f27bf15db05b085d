internal import Events
internal import JSON
internal import Pipeline
internal import Schema

/// Files of `config/` that a schema describes.
enum ConfigDocument {
  /// The document in a file's bytes.
  ///
  /// Throws, with the place, when it is not JSON or breaks its schema: a rule that can't be read
  /// must not be taken for one that allows everything.
  ///
  /// - Parameters:
  ///   - what: what the file should be, such as `policy`.
  ///   - hint: how its schema is shown.
  static func document(
    _ bytes: [UInt8], _ path: String, keeping schema: CompiledSchema, what: String, hint: String?
  ) throws(LogError) -> JSONDocument {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: bytes) } catch {
      throw .broken(.settings, path, error, in: bytes)
    }
    if let violation = schema.violations(in: document, at: document.root, limit: 1).first {
      throw wrong(
        "\(path) is no \(what)", at: violation.pointer, in: document,
        expected: violation.expected, actual: violation.found, hint: hint)
    }
    return document
  }

  /// An error at a place in a document, with the line that the place is on.
  static func wrong(
    _ message: String, at pointer: String, in document: JSONDocument, expected: String? = nil,
    actual: String? = nil, hint: String? = nil
  ) -> LogError {
    var wrong = LogError(
      .settings, message, expected: expected, actual: actual, pointer: pointer, hint: hint)
    if let node = document.node(at: pointer) {
      let before = document.bytes.prefix(document.range(node).lowerBound)
      wrong.line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    }
    return wrong
  }
}
