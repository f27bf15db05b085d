internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import Glibc
internal import JSON
internal import Pipeline
internal import Schema

/// Makes drafts of a command line.
struct DraftBuilder {
  /// The longest JSON that is taken: an artifact and its envelope.
  static let byteCountMax = Limits.artifactByteCount + 64 << 10

  let arguments: AppendArguments
  let here: Surroundings

  /// What lines get that do not say otherwise.
  func defaults() throws(LogError) -> DraftDefaults {
    var defaults = DraftDefaults()
    defaults.runID = try Self.run(arguments.value(.run), here)
    defaults.source = arguments.value(.source) ?? ""
    defaults.correlationID = arguments.value(.correlation)
    if let id = arguments.value(.causation) {
      defaults.causationID = try ULID.parse(id, option: "--causation")
    }
    for text in arguments.labels {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw LogError(.usage, "--label \"\(text)\" is no label", expected: "key=value")
      }
      let key = String(text[..<equals])
      guard !defaults.labels.contains(where: { $0.key == key }) else {
        throw LogError(.usage, "--label \(key) is given twice", expected: "one value for each key")
      }
      defaults.labels.append(
        Label(key: key, value: String(text[text.index(after: equals)...])))
    }
    return defaults
  }

  /// The run that events belong to: of `--run`, else of `UETLOG_RUN`.
  static func run(_ flag: String?, _ here: Surroundings) throws(LogError) -> ULID? {
    if let flag { return try ULID.parse(flag, option: "--run") }
    guard let variable = try here.variable("UETLOG_RUN") else { return nil }
    do throws(LogError) { return try ULID.parse(variable, option: "UETLOG_RUN") } catch {
      throw LogError(.settings, error.message, expected: error.expected, actual: error.actual)
    }
  }

  /// The one event of the command line.
  ///
  /// - Parameter userSchema: gives the schema of a type that the log at hand knows.
  func draft(
    _ type: String, userSchema: (String) throws(LogError) -> [UInt8]?
  ) throws(LogError) -> Draft {
    let defaults = try defaults()
    var draft = Draft(type: type, payload: try payload(type, userSchema))
    draft.runID = defaults.runID
    draft.source = defaults.source
    draft.labels = defaults.labels
    draft.correlationID = defaults.correlationID
    draft.causationID = defaults.causationID
    draft.stream = arguments.value(.stream)
    draft.key = arguments.value(.key)
    guard draft.key != "" else {
      throw LogError(
        .usage, "--key is empty", hint: "Is a variable not set? Leave --key out for no key")
    }
    if let id = arguments.value(.id) { draft.eventID = try ULID.parse(id, option: "--id") }
    if let time = arguments.value(.ts) {
      draft.time = try Timestamp.parse(time, option: "--ts")
    }
    if let word = arguments.value(.severity) {
      guard let severity = Severity(word) else {
        throw LogError(
          .usage, "--severity \"\(word)\" is none", allowed: Severity.allCases.map(\.name))
      }
      draft.severity = severity
    }
    if let text = arguments.value(.expect) {
      guard let revision = UInt64(text) else {
        throw LogError(
          .usage, "--expect \"\(text)\" is no revision",
          expected: "a whole number; 0 for a stream that does not exist yet")
      }
      draft.expect = revision
    }
    return draft
  }

  private func payload(
    _ type: String, _ userSchema: (String) throws(LogError) -> [UInt8]?
  ) throws(LogError) -> Payload {
    if let data = arguments.value(.data) {
      guard arguments.fields.isEmpty else {
        throw LogError(.usage, "--data and key=value fields exclude each other")
      }
      return try Self.payload(Self.bytes(data), "--data")
    }
    let shipped = ShippedSchemas.id(named: type)
    let own = try shipped == nil ? userSchema(type).flatMap { try? JSONDocument(parsing: $0) } : nil
    let types = FieldTypes(root: shipped ?? type) { id in
      if let own, id == type { return own }
      return try? ShippedSchemas.document(id: id)
    }
    let words = FieldWords(types: { types.type(at: $0) })
    return try Self.payload(words.payload(arguments.fields), "the payload")
  }

  private static func bytes(_ data: String) throws(LogError) -> [UInt8] {
    if data == "-" {
      return try Files.contents(
        of: STDIN_FILENO, name: "standard input", byteCountMax: byteCountMax)
    }
    guard data.hasPrefix("@") else { return Array(data.utf8) }
    let path = String(data.dropFirst())
    guard let bytes = try Files.contents(path, byteCountMax: byteCountMax) else {
      throw LogError(.badInput, "there is no file \(path)")
    }
    return bytes
  }

  private static func payload(_ bytes: [UInt8], _ what: String) throws(LogError) -> Payload {
    do {
      let document = try JSONDocument(parsing: bytes)
      return Payload(document, document.root)
    } catch {
      var wrong = LogError(
        .badInput, "\(what) is not JSON: \(error.message)", actual: "column \(error.column)",
        pointer: error.pointer)
      wrong.line = error.line
      throw wrong
    }
  }
}
