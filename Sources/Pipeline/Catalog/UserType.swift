package import Events
internal import JSON
internal import Schema

/// A user's event type, checked: the one way for a log to learn a type.
package struct UserType: Sendable {
  package let name: String
  /// The schema without white space.
  package let bytes: [UInt8]
  /// What the schema says, while no log is known to have it.
  package let definition: EventDefinition

  /// The longest schema that is taken.
  package static let byteCountMax = 200 << 10
  /// Categories without state that the program uses itself.
  private static let reserved: Set<String> = ["cost", "import", "log", "note", "schema"]
  private static let metaSchema = "schema/uetlog/event_schema.v1.json"

  /// Checks a schema.
  ///
  /// - Parameter origin: how errors name where it comes from.
  package init(_ source: [UInt8], origin: String) throws(LogError) {
    guard source.count <= Self.byteCountMax else {
      throw LogError(
        .badInput, "\(origin) is too large", expected: "at most \(Self.byteCountMax) bytes")
    }
    let document: JSONDocument
    do { document = try JSONDocument(parsing: source) } catch {
      var wrong = LogError(
        .badInput, "\(origin) is not JSON: \(error.message)", pointer: error.pointer)
      wrong.line = error.line
      throw wrong
    }
    try Self.checkForm(document, origin)
    name = Payload(document, document.root).text("title") ?? ""
    bytes = document.compacted(document.root)
    guard ShippedSchemas.id(named: name) == nil else {
      throw LogError(
        .badInput, "\(name) is a type that uetlog brings along", pointer: "/title",
        hint: "Take another name")
    }
    try Self.checkIsStateless(Payload(document, document.root), origin)
    try Self.checkStreamFields(document, name, origin)
    definition = try Catalog.definition(name, bytes, origin: origin, isOffered: true)
  }

  private static func checkForm(_ document: JSONDocument, _ origin: String) throws(LogError) {
    guard let meta = ShippedSchemas.bytes(id: metaSchema) else {
      throw LogError(.system, "\(metaSchema) is missing in this program")
    }
    let compiled = try Catalog.compile(meta, id: metaSchema)
    guard let violation = compiled.firstViolation(in: document, at: document.root) else { return }
    throw LogError(
      .violation, "\(origin) is no schema of an event type", expected: violation.expected,
      actual: violation.found, pointer: violation.pointer,
      hint: "`uetlog schema show worker_heartbeat` shows one")
  }

  /// Only types of the program itself have code that changes state.
  private static func checkIsStateless(_ schema: Payload, _ origin: String) throws(LogError) {
    let traits = schema.child("x-uetlog")
    for field in ["entity", "reads", "adds"] where traits?.has(field) == true {
      throw LogError(
        .badInput, "\(origin): a type of your own has no state, so it has no \(field)",
        pointer: "/x-uetlog/" + field)
    }
    let stream = traits?.text("stream") ?? ""
    for choice in stream.split(separator: "|", omittingEmptySubsequences: false) {
      let literal = choice.prefix { $0 != "{" }
      let hasCategory = literal.contains("-") && literal.first != "-"
      let isFree = Name(String(literal)).map { Category(of: $0) == .none } ?? false
      guard hasCategory, isFree, !reserved.contains(String(literal.prefix { $0 != "-" })) else {
        throw LogError(
          .badInput, "\(origin): the stream is not one of your own",
          expected: "a category that has no state, and an id: deploy-{deploy_id}",
          actual: String(choice), pointer: "/x-uetlog/stream")
      }
    }
    guard traits?.text("reversal") == "none" else {
      throw LogError(
        .badInput, "\(origin): a type of your own has no state to undo", expected: "none",
        actual: traits?.text("reversal"), pointer: "/x-uetlog/reversal")
    }
  }

  /// A stream named by a field that no payload has takes no event.
  private static func checkStreamFields(
    _ document: JSONDocument, _ name: String, _ origin: String
  ) throws(LogError) {
    let stream = Payload(document, document.root).text(["x-uetlog", "stream"]) ?? ""
    let types = FieldTypes(root: name) { id in
      id == name ? document : try? ShippedSchemas.document(id: id)
    }
    for field in Template(stream).fields
    where types.type(at: field.split(separator: ".").map(String.init)).isEmpty {
      throw LogError(
        .badInput, "\(origin): the stream names a field that the payload does not have",
        expected: "a field of `properties` with a type", actual: "{\(field)}",
        pointer: "/x-uetlog/stream")
    }
  }
}
