internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline

/// Prints a schema.
struct SchemaShow: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a schema.",
    usage: "uetlog schema show <name> [<options>]",
    discussion: """
      EXAMPLES
        uetlog schema show worker_heartbeat
        uetlog schema show uetlog/receipt.v1 --json
      """)

  @Argument(help: "An event type, a document such as patch_artifact.v1, or a file.")
  var name: String

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let schema = try NamedSchema(name, log: common.log, console.here)
    let document: JSONDocument
    do { document = try JSONDocument(parsing: schema.bytes) } catch {
      throw LogError(.badInput, "\(name) is not JSON: \(error)", pointer: error.pointer)
    }
    if console.isJSON {
      console.output.json(document.compacted(document.root))
    } else {
      console.output.line(PrettyJSON.text(document, document.root))
    }
    return .done
  }
}

/// A schema found by the name that a person gives it.
struct NamedSchema {
  /// What references in it are relative to.
  let id: String
  let bytes: [UInt8]

  /// Looks among the shipped schemas, then for a file, then among the types of the log.
  init(_ name: String, log: String?, _ here: Surroundings) throws(LogError) {
    if let id = ShippedSchemas.id(named: name), let bytes = ShippedSchemas.bytes(id: id) {
      self.init(id: id, bytes: bytes)
    } else if let bytes = try Files.contents(here.absolute(name), byteCountMax: 1 << 20) {
      self.init(id: name, bytes: bytes)
    } else if let bytes = try Self.registered(name, log, here) {
      self.init(id: name, bytes: bytes)
    } else {
      throw LogError(
        .notFound, "there is no schema \"\(name)\"",
        hint: "`uetlog schema list --documents` lists all; a file is named by its path")
    }
  }

  private init(id: String, bytes: [UInt8]) {
    self.id = id
    self.bytes = bytes
  }

  private static func registered(
    _ name: String, _ log: String?, _ here: Surroundings
  ) throws(LogError) -> [UInt8]? {
    let location = try LogLocation(flag: log, here)
    guard location.hasLog else { return nil }
    var read = UserSchema(type: name)
    return try OpenedLog(reading: log, here).engine.log.read(&read)
  }
}
