internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Pipeline

/// Registers a user's event type in a log.
struct SchemaAdd: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Register an event type of your own in the log.",
    usage: "uetlog schema add <file> [--dry-run] [<options>]",
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
    let schema = try readSchema()
    let location = try LogLocation(flag: common.log, console.here)
    let settings = try Settings(log: location.path, console.here)
    if dryRun, !location.hasLog {
      return try register(
        schema, OpenedLog.inMemory(for: location, settings, console.here), epoch: 1, settings,
        console)
    }
    let engine = try OpenedLog(writing: location, settings, console).engine
    return try register(schema, engine, epoch: engine.log.format.epoch, settings, console)
  }

  private func readSchema() throws(LogError) -> UserType {
    guard let bytes = try Files.contents(file, byteCountMax: UserType.byteCountMax) else {
      throw LogError(.notFound, "there is no file \(file)")
    }
    return try UserType(bytes, origin: file)
  }

  private func register(
    _ schema: UserType, _ engine: Engine<some EventLog>, epoch: UInt32, _ settings: Settings,
    _ console: Console
  ) throws(LogError) -> ExitCode {
    var options = AppendOptions()
    options.isDryRun = dryRun
    options.waitNanoseconds = settings.waitNanoseconds
    let receipt = try engine.registerSchema(schema, options)
    guard !receipt.isDuplicate else {
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
