internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence
internal import JSON

/// `uetlog seal`: signs the log as it stands.
struct SealCommand: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Sign the log as it stands: a checkpoint to keep elsewhere.",
    usage: "uetlog seal [--if-due] [--key <key>] [--output <output>] [<options>]",
    discussion: """
      The checkpoint (c2sp.org/tlog-checkpoint) covers all events before it. It is printed and \
      kept in the log, as the event checkpoint_sealed that comes right behind what it covers. A \
      copy elsewhere proves later what the log was: `uetlog verify --against FILE`.

      With the setting seal.every_events, whoever appends many lines seals the log after so many \
      events; --if-due does so from a timetable, and nothing when there were fewer.

      EXAMPLES
        uetlog seal > checkpoint.txt
        uetlog seal --key example.com/build-log --output checkpoint.txt
        UETLOG_SEAL_EVERY_EVENTS=1000 uetlog seal --if-due --output checkpoint.txt
      """)

  @Flag(help: "Only after seal.every_events events since the last checkpoint.")
  var ifDue = false

  @Option(help: "The name of the key; without it the one called like the log, or the only one.")
  var key: String?

  @Option(help: "Write the checkpoint to a file.")
  var output: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: common.log, console.here)
    guard location.hasLog else { throw location.missing }
    let settings = try Settings(log: location.path, console.here)
    let engine = try OpenedLog(writing: location, settings, console).engine
    let store = try KeyStore(console.here)
    try store.requireOutside(ofLog: location.path)
    let key = try store.signing(
      self.key ?? settings.sealKey, origin: engine.log.identity.origin)
    // Before anything is stored.
    let file: OutputFile?
    if let output { file = try OutputFile(output, console.here) } else { file = nil }
    var options = AppendOptions()
    options.waitNanoseconds = settings.waitNanoseconds
    guard let (checkpoint, receipt) = try seal(engine, by: key, settings, options, console) else {
      return .done
    }
    do throws(LogError) {
      file?.write(Array(checkpoint.note.encoded.utf8))
      try file?.finish()
    } catch {
      console.report(
        .receiptLost(
          .failed(error.message), "the checkpoint is in the log at position \(receipt.position)"))
      return .receiptLost
    }
    print(checkpoint, receipt, ReceiptFormat(epoch: engine.log.format.epoch), console)
    return .done
  }

  /// Nil when nothing is due, which is told.
  private func seal(
    _ engine: Engine<LMDBLog>, by key: SigningKey, _ settings: Settings, _ options: AppendOptions,
    _ console: Console
  ) throws(LogError) -> (checkpoint: SignedCheckpoint, receipt: Receipt)? {
    guard ifDue else { return try engine.seal(by: key, options) }
    let every = settings.sealEvery
    guard every > 0 else {
      throw LogError(
        .settings, "seal.every_events is 0: nothing is ever due",
        hint: "Set it in the log's config.json, or UETLOG_SEAL_EVERY_EVENTS")
    }
    if let sealed = try engine.sealIfDue(every: every, by: key, options) { return sealed }
    let count = try engine.eventCountSinceSeal()
    if console.isJSON {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("checkpoint")
      writer.null()
      writer.member("event_count", count)
      writer.member("every_events", every)
      writer.endObject()
      console.output.json(writer.bytes)
    } else {
      console.note("not due: \(count) of \(every) events since the last checkpoint")
    }
    return nil
  }

  private func print(
    _ checkpoint: SignedCheckpoint, _ receipt: Receipt, _ format: ReceiptFormat,
    _ console: Console
  ) {
    guard !console.isJSON else {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("checkpoint")
      writer.string(checkpoint.note.encoded)
      writer.key("receipt")
      writer.raw(format.json(receipt, line: nil))
      writer.endObject()
      return console.output.json(writer.bytes)
    }
    console.note(
      "positions 1 to \(checkpoint.checkpoint.size - 1) are sealed; the seal is at position "
        + "\(receipt.position)")
    if output == nil { console.output.write(checkpoint.note.encoded) }
  }
}
