internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline
internal import Schema

/// Registers a user's event type in a log.
struct SchemaAdd: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Register an event type of your own in the log.",
    discussion: """
      The file says what an event's payload may be and, under x-uetlog, its stream. Such events \
      are checked, stored and replayed; they change no state.

      EXAMPLES
        uetlog schema add deploy_finished.json
        uetlog schema add deploy_finished.json --dry-run --json
      """)

  @Argument(help: "The schema's file.")
  var file: String

  @Flag(help: "Check everything, but store nothing.")
  var dryRun = false

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let schema = try UserType(file)
    let location = try LogLocation(flag: common.log, console.here)
    let settings = try Settings(log: location.path, console.here)
    if dryRun, !Files.exists(location.path) {
      return try register(
        schema, OpenedLog.inMemory(settings, console.here), epoch: 1, settings, console)
    }
    let engine = try OpenedLog(writing: location, settings, console).engine
    return try register(schema, engine, epoch: engine.log.format.epoch, settings, console)
  }

  private func register(
    _ schema: UserType, _ engine: Engine<some EventLog>, epoch: UInt32, _ settings: Settings,
    _ console: Console
  ) throws(LogError) -> ExitCode {
    var options = AppendOptions()
    options.isDryRun = dryRun
    options.waitNanoseconds = settings.waitNanoseconds
    guard let receipt = try engine.registerSchema(schema.name, schema.bytes, options) else {
      console.note("the log knows \(schema.name) already, with this very schema")
      return .done
    }
    let format = ReceiptFormat(isDryRun: dryRun, epoch: epoch)
    let printer = try ReceiptPrinter(console, format, path: nil, printsText: true)
    printer.print(receipt)
    guard let failure = printer.flush() else { return .done }
    console.report(
      .receiptLost(failure, "\(schema.name) is registered at position \(receipt.position)"))
    return .receiptLost
  }
}

/// A user's event type, checked.
struct UserType {
  let name: String
  /// The schema without white space.
  let bytes: [UInt8]

  private static let byteCountMax = 200 << 10
  /// Categories without state that the program uses itself.
  private static let reserved: Set<String> = ["cost", "import", "log", "note", "schema"]
  private static let metaSchema = "schema/uetlog/event_schema.v1.json"

  init(_ file: String) throws(LogError) {
    guard let bytes = try Files.contents(file, byteCountMax: Self.byteCountMax) else {
      throw LogError(.notFound, "there is no file \(file)")
    }
    try self.init(bytes, file: file)
  }

  init(_ source: [UInt8], file: String) throws(LogError) {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: source) } catch {
      var wrong = LogError(
        .badInput, "\(file) is not JSON: \(error.message)", pointer: error.pointer)
      wrong.line = error.line
      throw wrong
    }
    try Self.checkForm(document, file)
    name = Payload(document, document.root).text("title") ?? ""
    bytes = document.compacted(document.root)
    guard ShippedSchemas.id(named: name) == nil else {
      throw LogError(
        .badInput, "\(name) is a type that uetlog brings along", pointer: "/title",
        hint: "Take another name")
    }
    try Self.checkIsStateless(Payload(document, document.root), file)
    try Self.checkStreamFields(document, name, file)
    try Catalog().add(name, bytes, origin: file)
  }

  private static func checkForm(_ document: JSONDocument, _ file: String) throws(LogError) {
    guard let meta = ShippedSchemas.bytes(id: metaSchema) else {
      throw LogError(.system, "\(metaSchema) is missing in this program")
    }
    let compiled = try Catalog.compile(meta, id: metaSchema)
    guard let violation = compiled.firstViolation(in: document, at: document.root) else { return }
    throw LogError(
      .violation, "\(file) is no schema of an event type", expected: violation.expected,
      actual: violation.found, pointer: violation.pointer,
      hint: "`uetlog schema show worker_heartbeat` shows one")
  }

  /// Only types of the program itself have code that changes state.
  private static func checkIsStateless(_ schema: Payload, _ file: String) throws(LogError) {
    let traits = schema.child("x-uetlog")
    for field in ["entity", "reads", "adds"] where traits?.has(field) == true {
      throw LogError(
        .badInput, "\(file): a type of your own has no state, so it has no \(field)",
        pointer: "/x-uetlog/" + field)
    }
    let stream = traits?.text("stream") ?? ""
    for choice in stream.split(separator: "|", omittingEmptySubsequences: false) {
      let literal = choice.prefix { $0 != "{" }
      let hasCategory = literal.contains("-") && literal.first != "-"
      let isFree = Name(String(literal)).map { Category(of: $0) == .none } ?? false
      guard hasCategory, isFree, !reserved.contains(String(literal.prefix { $0 != "-" })) else {
        throw LogError(
          .badInput, "\(file): the stream is not one of your own",
          expected: "a category that has no state, and an id: deploy-{deploy_id}",
          actual: String(choice), pointer: "/x-uetlog/stream")
      }
    }
    guard traits?.text("reversal") == "none" else {
      throw LogError(
        .badInput, "\(file): a type of your own has no state to undo", expected: "none",
        actual: traits?.text("reversal"), pointer: "/x-uetlog/reversal")
    }
  }

  /// A stream named by a field that no payload has takes no event.
  private static func checkStreamFields(
    _ document: JSONDocument, _ name: String, _ file: String
  ) throws(LogError) {
    let stream = document.text(at: ["x-uetlog", "stream"]) ?? ""
    let types = FieldTypes(root: name) { id in
      id == name ? document : try? ShippedSchemas.document(id: id)
    }
    for field in Template(stream).fields
    where types.type(at: field.split(separator: ".").map(String.init)).isEmpty {
      throw LogError(
        .badInput, "\(file): the stream names a field that the payload does not have",
        expected: "a field of `properties` with a type", actual: "{\(field)}",
        pointer: "/x-uetlog/stream")
    }
  }
}
