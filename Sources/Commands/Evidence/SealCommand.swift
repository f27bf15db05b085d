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
    usage: "uetlog seal [--key <key>] [--output <output>] [<options>]",
    discussion: """
      The checkpoint (c2sp.org/tlog-checkpoint) covers all events before it. It is printed and \
      kept in the log, as the event checkpoint_sealed that comes right behind what it covers. A \
      copy elsewhere proves later what the log was: `uetlog verify --against FILE`.

      EXAMPLES
        uetlog seal > checkpoint.txt
        uetlog seal --key example.com/build-log --output checkpoint.txt
      """)

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
    guard !(Files.resolved(store.directory) + "/").hasPrefix(Files.resolved(location.path) + "/")
    else {
      throw LogError(
        .unsafe, "the keys are kept inside of the log: who gets the log gets them too",
        actual: store.directory, hint: "Set UETLOG_KEYS to a directory elsewhere")
    }
    let key = try store.signing(self.key, origin: engine.log.identity.origin)
    // Before anything is stored.
    let file: OutputFile?
    if let output { file = try OutputFile(output, console.here) } else { file = nil }
    var options = AppendOptions()
    options.waitNanoseconds = settings.waitNanoseconds
    let (checkpoint, receipt) = try engine.seal(by: key, options)
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
