internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline

/// What all commands that append events of patches take.
struct PatchWriteOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The run it belongs to (default: UETLOG_RUN).", valueName: "ulid"))
  var run: String?

  @Option(help: "Who says so, such as worker-07/aider.")
  var source: String?

  @Option(help: "How long to wait for other writers (default: 5s).")
  var wait: String?

  @Flag(help: "Check everything, append nothing.")
  var dryRun = false

  init() {}

  func appendOptions() throws(LogError) -> AppendOptions {
    var options = AppendOptions()
    options.isDryRun = dryRun
    options.isAtomic = true
    if let wait {
      options.waitNanoseconds = try Duration.parse(wait, option: "--wait").nanoseconds
    }
    return options
  }

  /// A draft whose payload's members `write` writes.
  func draft(
    _ type: EventType, _ here: Surroundings, _ write: (inout JSONWriter) -> Void
  ) throws(LogError) -> Draft {
    var writer = JSONWriter()
    writer.beginObject()
    write(&writer)
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(
        .badInput, "the diff is not UTF-8 throughout, so an event can't hold it",
        hint: "Convert the file, or leave it out of the patch")
    }
    var draft = Draft(type: type.name, payload: payload)
    draft.runID = try DraftBuilder.run(run, here)
    draft.source = source ?? ""
    return draft
  }

  /// A new id.
  static func freshID() -> ULID {
    var ids = ULIDGenerator()
    var entropy = SystemEntropy()
    return ids.next(at: SystemClock().now(), entropy: &entropy)
  }

  /// Appends drafts as one unit and prints their receipts; a log that is not there is made.
  ///
  /// - Parameter more: writes further members of each receipt's JSON object.
  func append(
    _ drafts: [Draft], log flag: String?, policies: OpenedLog.Policies = .found,
    more: ((inout JSONWriter) -> Void)? = nil, _ console: Console
  ) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: flag, console.here)
    let settings = try Settings(log: location.path, console.here)
    if dryRun, !location.hasLog {
      let engine = try OpenedLog.inMemory(for: location, settings, console.here)
      return try Self.append(drafts, to: engine, appendOptions(), epoch: 1, more, console)
    }
    let opened = try OpenedLog(writing: location, settings, console, policies: policies)
    return try Self.append(
      drafts, to: opened.engine, appendOptions(), epoch: opened.engine.log.format.epoch, more,
      console)
  }

  /// The same, in a log that must be there.
  func append(
    _ drafts: [Draft], toLogThatIs flag: String?, _ console: Console
  ) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: flag, console.here)
    guard location.hasLog else { throw location.missing }
    return try append(drafts, log: flag, console)
  }

  /// Appends an event that says no more of a patch than why.
  func append(
    _ type: EventType, of patch: ULID, reason: String?, log flag: String?, _ console: Console
  ) throws(LogError) -> ExitCode {
    let draft = try draft(type, console.here) { writer in
      writer.member("patch_id", patch.description)
      writer.member("reason", reason)
    }
    return try append([draft], toLogThatIs: flag, console)
  }

  private static func append(
    _ drafts: [Draft], to engine: Engine<some EventLog>, _ options: AppendOptions, epoch: UInt32,
    _ more: ((inout JSONWriter) -> Void)?, _ console: Console
  ) throws(LogError) -> ExitCode {
    let printer = try ReceiptPrinter(
      console, ReceiptFormat(isDryRun: options.isDryRun, epoch: epoch), path: nil, printsText: true)
    var prepared: [PreparedDraft] = []
    for draft in drafts { prepared.append(try engine.prepare(draft)) }
    var last = Position.none
    for (draft, outcome) in zip(prepared, try engine.append(prepared, options)) {
      let receipt = try outcome.get()
      printer.print(receipt, more: more)
      last = receipt.position
      if receipt.isDuplicate, let told = try DeadTwin(draft, receipt, engine)?.text {
        console.warn(told)
      }
    }
    guard let failure = printer.flush() else { return .done }
    return options.isDryRun ? .done : console.lostReceipt(failure, at: last)
  }
}
