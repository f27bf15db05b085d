internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence
internal import JSON

/// `uetlog prove`: shows without the log that an event is in it.
struct Prove: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prove that an event is in the log, in a file that is checked without the log.",
    usage: "uetlog prove <position|id> [--output <output>] [<options>]",
    discussion: """
      The proof (c2sp.org/tlog-proof) leads from the event's envelope to a signed checkpoint: the \
      newest seal in the log, or the one of --to. It shows the envelope, but not the payload. \
      `uetlog verify FILE --key VKEY` checks it.

      EXAMPLES
        uetlog prove 42 > 42.tlog-proof
        uetlog prove 42 --to checkpoint.txt --output 42.tlog-proof
      """)

  @Argument(help: ArgumentHelp("A position or an event's ULID.", valueName: "position|id"))
  var event: String

  @Option(help: ArgumentHelp("A checkpoint of this log, in a file.", valueName: "checkpoint"))
  var to: String?

  @Option(help: "Write the proof to a file.")
  var output: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let reference = try EventReference.parse(event)
    let engine = try OpenedLog(reading: common.log, console.here).engine
    let position = try engine.event(reference).position
    let checkpoint = try engine.checkpoint(to, covering: position, console.here)
    var proof: InclusionFile?
    try engine.prove([position], in: checkpoint.checkpoint) { records in
      proof = records.first.map {
        InclusionFile(extra: $0.envelope, proof: $0.proof, checkpoint: checkpoint)
      }
    }
    guard let proof else { throw LogError(.system, "there is no proof") }
    if let output {
      let file = try OutputFile(output, console.here)
      file.write(Array(proof.encoded.utf8))
      try file.finish()
    } else if console.isJSON {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("position")
      writer.int(position.rawValue)
      writer.key("proof")
      writer.string(proof.encoded)
      writer.endObject()
      console.output.json(writer.bytes)
    } else {
      console.output.write(proof.encoded)
    }
    return .done
  }
}

extension Engine {
  /// The checkpoint of a file, else the newest seal that covers a position.
  func checkpoint(
    _ path: String?, covering position: Position, _ here: Surroundings
  ) throws(LogError) -> SignedCheckpoint {
    if let path {
      let given = try EvidenceFiles.checkpoint(path, here)
      guard given.checkpoint.size > position.rawValue else {
        throw LogError(
          .notFound, "the checkpoint does not cover position \(position)",
          actual: "it ends before position \(given.checkpoint.size)")
      }
      return given
    }
    if let seal = try lastSeal(covering: position) { return seal.checkpoint }
    throw LogError(
      .notFound,
      position == .none
        ? "there is no seal in the log" : "no seal in the log covers position \(position)",
      hint: "`uetlog seal` makes one")
  }
}
