internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import Pipeline

/// Runs `append`: one event of the command line, or lines of standard input.
struct AppendCommand {
  private let arguments: AppendArguments
  private let console: Console
  private let here: Surroundings

  init(_ arguments: AppendArguments, _ here: Surroundings) throws(LogError) {
    self.arguments = arguments
    self.here = here
    console = Console(
      here: here, isJSON: arguments.has(.json), isQuiet: arguments.has(.quiet),
      color: try Self.color(arguments))
  }

  /// Appends and tells the exit code; errors are shown.
  ///
  /// The log stays open: the process ends next, and all that is mapped and open goes with it
  /// faster than piece by piece.
  func run() -> ExitCode {
    do throws(LogError) {
      let location = try LogLocation(flag: arguments.value(.log), here)
      var settings = try Settings(log: location.path, here, flags: waitFlag)
      let type = arguments.type
      if type == nil || type == EventType.cost_reserved.name { try settings.readPrices() }
      var draft: Draft?
      if !location.hasLog {
        let empty = try OpenedLog.inMemory(for: location, settings, here)
        if arguments.has(.dryRun) { return try append(to: empty, settings, epoch: 1) }
        guard let type else { return try appendLines(to: empty, then: location, settings) }
        draft = try rehearse(type, on: empty)
      }
      let mayClaim = type == nil || type == EventType.patch_validated.name
      let opened = try OpenedLog(
        writing: location, settings, console, policies: mayClaim ? .found : .none)
      _ = unsafe Unmanaged.passRetained(opened.engine)
      return try append(
        to: opened.engine, settings, epoch: opened.engine.log.format.epoch, draft)
    } catch {
      return console.report(error)
    }
  }

  /// Tries out the one event of the command line: a log is not made for one that is refused.
  ///
  /// - Returns: its draft.
  private func rehearse(
    _ type: String, on engine: Engine<some EventLog>
  ) throws(LogError) -> Draft {
    let draft = try draft(type, engine)
    var options = AppendOptions()
    options.isDryRun = true
    _ = try engine.append(draft, options)
    return draft
  }

  /// What the options say of all lines of standard input.
  private func defaultsOfLines() throws(LogError) -> DraftDefaults {
    guard isatty(STDIN_FILENO) == 0 else {
      throw LogError(
        .usage, "append needs a TYPE, or lines of drafts on standard input",
        hint: "`uetlog append note text=hello`, or `uetlog append < events.jsonl`")
    }
    return try DraftBuilder(arguments: arguments, here: here).defaults()
  }

  private var waitFlag: [(setting: String, value: String, option: String)] {
    arguments.value(.wait).map { [("append.wait", $0, "--wait")] } ?? []
  }

  private static func color(_ arguments: AppendArguments) throws(LogError) -> ColorChoice {
    guard let word = arguments.value(.color) else { return .auto }
    if let choice = ColorChoice(rawValue: word) { return choice }
    throw LogError(
      .usage, "--color \"\(word)\" is none", allowed: ColorChoice.allCases.map(\.rawValue))
  }

  private func append(
    to engine: Engine<some EventLog>, _ settings: Settings, epoch: UInt32,
    _ draft: Draft? = nil
  ) throws(LogError) -> ExitCode {
    guard let type = arguments.type else {
      return try appendLines(to: AppendTarget(engine), settings, epoch: epoch)
    }
    let printer = try printer(epoch: epoch)
    let options = options(settings)
    if let draft { return try append(draft, to: engine, options, printer) }
    return try append(self.draft(type, engine), to: engine, options, printer)
  }

  private func options(_ settings: Settings) -> AppendOptions {
    var options = AppendOptions()
    options.isDryRun = arguments.has(.dryRun)
    options.isAtomic = arguments.has(.atomic)
    options.waitNanoseconds = settings.waitNanoseconds
    return options
  }

  private func printer(epoch: UInt32) throws(LogError) -> ReceiptPrinter {
    let format = ReceiptFormat(isDryRun: arguments.has(.dryRun), epoch: epoch)
    return try ReceiptPrinter(
      console, format, path: arguments.value(.receipt),
      printsText: arguments.type != nil || arguments.has(.followStdin))
  }

  /// Appends lines to a log that is made for the first that it would take.
  private func appendLines(
    to empty: Engine<MemoryLog>, then location: LogLocation, _ settings: Settings
  ) throws(LogError) -> ExitCode {
    let (isJSON, isQuiet, here) = (console.isJSON, console.isQuiet, here)
    let isThere: @Sendable () -> Bool = { location.hasLog }
    let target = AppendTarget(rehearsal: empty, isThere: isThere) { () throws(LogError) in
      // The thread that reads may be the one that opens: it has a console of its own.
      let console = Console(here: here, isJSON: isJSON, isQuiet: isQuiet)
      return try OpenedLog(writing: location, settings, console).engine
    }
    // What is made now is the first of its kind.
    return try appendLines(to: target, settings, epoch: 1)
  }

  private func appendLines(
    to target: AppendTarget<some EventLog>, _ settings: Settings, epoch: UInt32
  ) throws(LogError) -> ExitCode {
    let defaults = try defaultsOfLines()
    let bulk = BulkAppend(
      target: target, settings: settings, options: options(settings), defaults: defaults,
      console: console, printer: try printer(epoch: epoch),
      isFollowing: arguments.has(.followStdin))
    return try bulk.run()
  }

  private func draft(
    _ type: String, _ engine: Engine<some EventLog>
  ) throws(LogError) -> Draft {
    do throws(LogError) {
      return try DraftBuilder(arguments: arguments, here: here).draft(type) {
        name throws(LogError) in
        var read = UserSchema(type: name)
        return try engine.log.read(&read)
      }
    } catch { throw engine.erasing(error, arguments.texts.map { Array($0.utf8) }) }
  }

  private func append(
    _ draft: Draft, to engine: Engine<some EventLog>, _ options: AppendOptions,
    _ printer: ReceiptPrinter
  ) throws(LogError) -> ExitCode {
    var draft = draft
    // Known before the append, so that an unknown outcome can be settled by a retry.
    let id = draft.eventID ?? Self.freshID()
    draft.eventID = id
    let receipt: Receipt
    do throws(LogError) {
      receipt = try engine.append(draft, options)
    } catch {
      guard error.code == .outcomeUnknown else { throw error }
      var located = error
      located.hint = "Run the same command again with --id \(id): the event is stored once"
      throw located
    }
    printer.print(receipt)
    guard let failure = printer.flush() else { return .done }
    return console.lostReceipt(failure, at: receipt.position)
  }

  private static func freshID() -> ULID {
    var entropy = SystemEntropy(blockCount: 2)
    var ids = ULIDGenerator()
    return ids.next(at: SystemClock().now(), entropy: &entropy)
  }
}

/// Reads the schema of a user's own type from a log.
struct UserSchema: ReadUnit {
  let type: String

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [UInt8]? { try tables.value(SchemaRegistry.key(type)) }
}
