internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline

/// Lists the event types.
struct SchemaList: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the event types, and with --documents all schemas.",
    usage: "uetlog schema list [--documents] [<options>]",
    discussion: """
      EXAMPLES
        uetlog schema list
        uetlog schema list --documents --json
      """)

  @Flag(help: "List the documents that event types refer to as well.")
  var documents = false

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    var entries = ShippedSchemas.paths.filter { documents || $0.hasPrefix("events/") }
      .compactMap { SchemaEntry(path: $0) }
    entries += try registered(console)
    if console.isJSON {
      for entry in entries { console.output.json(entry.json) }
      return .done
    }
    var table = Table([("schema", false), ("stream", false), ("about", false)])
    for entry in entries { table.add([entry.name, entry.stream ?? "", entry.description]) }
    console.show(table)
    return .done
  }

  /// A user's own types, when there is a log.
  private func registered(_ console: Console) throws(LogError) -> [SchemaEntry] {
    let location = try LogLocation(flag: common.log, console.here)
    guard common.log != nil || location.hasLog else { return [] }
    let opened = try OpenedLog(reading: common.log, console.here)
    var unit = UserSchemas()
    return try opened.engine.log.read(&unit).compactMap { name, bytes in
      SchemaEntry(name: name, bytes: bytes, isShipped: false)
    }
  }
}

/// Reads all schemas that users registered.
struct UserSchemas: ReadUnit {
  private static let prefix = Array("schema-".utf8)

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [(name: String, bytes: [UInt8])] {
    var names: [String] = []
    // `schema_registered` names a row of its own for each type.
    try tables.forEachName(prefix: Self.prefix) { (name, _) throws(LogError) in
      names.append(name.id)
      return true
    }
    var found: [(name: String, bytes: [UInt8])] = []
    for name in names {
      let schema = UserSchema(type: name)
      if let bytes = try schema.run(tables) { found.append((name, bytes)) }
    }
    return found
  }
}

/// A line of the list.
private struct SchemaEntry {
  let name: String
  let stream: String?
  let description: String
  private let isShipped: Bool

  init?(path: String) {
    guard let file = path.split(separator: "/").last,
      let bytes = ShippedSchemas.bytes(id: "schema/" + path)
    else { return nil }
    let isEvent = path.hasPrefix("events/")
    let name = isEvent ? String(file.prefix { $0 != "." }) : String(path.dropLast(5))
    self.init(name: name, bytes: bytes, isShipped: true)
  }

  init?(name: String, bytes: [UInt8], isShipped: Bool) {
    guard let document = try? JSONDocument(parsing: bytes) else { return nil }
    self.name = name
    self.isShipped = isShipped
    stream = document.member(document.root, path: ["x-uetlog", "stream"])
      .flatMap { document.string($0) }
    description =
      document.member(document.root, "description").flatMap { document.string($0) } ?? ""
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("name")
    writer.string(name)
    writer.key("stream")
    if let stream { writer.string(stream) } else { writer.null() }
    writer.key("description")
    writer.string(description)
    writer.key("shipped")
    writer.bool(isShipped)
    writer.endObject()
    return writer.bytes
  }
}
