internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence
internal import Glibc
internal import JSON
internal import Merkle
internal import Pipeline

/// `uetlog bundle`: a run in one file that is checked without the log.
struct Bundle: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a run's events with proofs, checkpoint and schemas to one file.",
    usage: "uetlog bundle --run <run> --output <output> [<options>]",
    discussion: """
      Whoever has the file and the verifier key can check each event with `uetlog verify FILE \
      --key VKEY`: that it is in the log where the bundle says, that its payload is what was \
      stored and keeps to its schema, and that none is left out from the run's first event to its \
      last in the bundle. The checkpoint is the newest seal in the log, or the one of --to; events \
      after it are left out, with a warning.

      EXAMPLES
        uetlog bundle --run 01JD8WXY3Z0000000000000000 --output run.bundle
        uetlog verify run.bundle --key build-log.vkey
      """)

  @Option(help: "The run's id.")
  var run: String

  @Option(help: "The file to write.")
  var output: String

  @Option(help: ArgumentHelp("A checkpoint of this log, in a file.", valueName: "checkpoint"))
  var to: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let runID = try ULID.parse(run, option: "--run")
    let engine = try OpenedLog(reading: common.log, console.here).engine
    let all = try engine.positions(ofRun: runID)
    guard let first = all.first else {
      throw LogError(.notFound, "the log has no events of run \(runID)")
    }
    let checkpoint = try engine.checkpoint(to, covering: first, console.here)
    let positions = all.filter { $0.rawValue < checkpoint.checkpoint.size }
    if positions.count < all.count {
      console.warn(
        "\(all.count - positions.count) events of the run come after the checkpoint and are left "
          + "out; `uetlog seal` makes a newer one")
    }
    let file = try OutputFile(output, console.here)
    let writer = BundleWriter(engine: engine, file: file)
    try writer.write(runID, positions, checkpoint)
    try file.finish()
    console.note("\(positions.count) events of the run are in \(output)")
    return .done
  }
}

/// Writes a bundle: a line for the whole, one for each schema, one for each event.
struct BundleWriter {
  let engine: Engine<LMDBLog>
  let file: OutputFile

  func write(
    _ run: ULID, _ positions: [Position], _ signed: SignedCheckpoint
  ) throws(LogError) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("format")
    writer.string(BundleReader.format)
    writer.key("run")
    writer.string(run.description)
    writer.key("events")
    writer.int(positions.count)
    writer.key("checkpoint")
    writer.string(signed.note.encoded)
    writer.endObject()
    line(writer)
    var types: Set<String> = []
    try engine.prove(positions, in: signed.checkpoint) { (records) throws(LogError) in
      for record in records { try write(record, &types) }
    }
  }

  private func write(_ record: ProvenRecord, _ types: inout Set<String>) throws(LogError) {
    guard let envelope = EnvelopeView(record.envelope.rawSpan) else {
      throw LogError(.corruption, "the record at position \(record.position) is damaged")
    }
    let type = envelope.string(envelope.typeRange)
    if types.insert(type).inserted, let schema = try schema(type) {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("schema")
      writer.string(type)
      writer.key("base64")
      writer.string(Base64.encode(schema))
      writer.endObject()
      line(writer)
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("position")
    writer.int(record.position.rawValue)
    writer.key("type")
    writer.string(type)
    writer.key("envelope")
    writer.string(Base64.encode(record.envelope))
    if let salted = record.salted {
      writer.key("salt")
      writer.string(Base64.encode(Array(salted.prefix(Salt.byteCount))))
      writer.key("payload")
      writer.raw(Array(salted.dropFirst(Salt.byteCount)))
    }
    writer.key("proof")
    writer.beginArray()
    for digest in record.proof.path { writer.string(Base64.encode(digest.bytes)) }
    writer.endArray()
    writer.endObject()
    line(writer)
  }

  private func line(_ writer: JSONWriter) { file.write(writer.bytes + [0x0A]) }

  /// The bytes of a type's schema: the program's own or the log's.
  private func schema(_ type: String) throws(LogError) -> [UInt8]? {
    if let id = ShippedSchemas.id(named: type) { return ShippedSchemas.bytes(id: id) }
    var read = UserSchema(type: type)
    return try engine.log.read(&read)
  }
}
