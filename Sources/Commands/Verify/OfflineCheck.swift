internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import Evidence
internal import JSON
internal import Merkle

/// Checks a proof or a bundle without any log.
struct OfflineCheck {
  /// What a part of the file came to, in the form of `verify`.
  struct Line {
    var part: String
    var figures: String
  }

  private static let byteCountMax = 1 << 30

  private let path: String
  private let trusted: TrustedKeys
  private let receipts: [OutsideEvidence.KnownReceipt]
  private let console: Console

  init(
    _ path: String, keys: [String], receipts: [String], _ console: Console
  ) throws(LogError) {
    self.path = path
    self.console = console
    trusted = try TrustedKeys(keys, console.here)
    var all: [OutsideEvidence.KnownReceipt] = []
    for receipt in receipts { all += try EvidenceFiles.receipts(receipt, console.here) }
    self.receipts = all
  }

  func run() throws(LogError) -> ExitCode {
    let bytes = try EvidenceFiles.contents(path, byteCountMax: Self.byteCountMax, console.here)
    if InclusionFile.isOne(bytes) {
      try checkProof(bytes)
    } else if BundleReader.isOne(bytes) {
      try checkBundle(bytes)
    } else {
      let isCheckpoint = (try? SignedCheckpoint(parsing: bytes)) != nil
      throw LogError(
        .badInput, "\(path) is neither a proof nor a bundle",
        hint: isCheckpoint
          ? "It is a checkpoint: `uetlog verify --against \(path)` compares a log with it" : nil)
    }
    return .done
  }

  private func checkProof(_ bytes: [UInt8]) throws(LogError) {
    let file: InclusionFile
    do throws(EvidenceError) { file = try InclusionFile(parsing: bytes) } catch {
      throw LogError(error, in: path)
    }
    let signers = try trusted.requiredSigners(of: file.checkpoint, in: path)
    guard let extra = file.extra, let envelope = EnvelopeView(extra.rawSpan),
      envelope.bytes.byteCount == extra.count
    else { throw LogError(.badInput, "\(path) does not have the envelope of an event") }
    do throws(EvidenceError) { _ = try file.verify(leaf: envelope.leaf, by: trusted.keys) } catch {
      throw LogError(error, in: path)
    }
    let position = Position(file.proof.leafIndex)
    let owned = envelope.owned
    let lines =
      [
        Line(
          part: "event",
          figures: "\(owned.eventID), \(owned.type) in \(owned.stream), recorded at "
            + "\(owned.recordedAt)"),
        Line(
          part: "proof",
          figures: "position \(position) of \(file.checkpoint.checkpoint.origin), by "
            + "\(file.proof.path.count) hashes"),
        Self.line(file.checkpoint, signers),
      ] + (try matchReceipts([position: (owned.eventID, envelope.leaf)]))
    print(
      lines, file.checkpoint, signers,
      "PROVED: the event is at position \(position); its payload is not in the proof")
  }

  private func checkBundle(_ bytes: [UInt8]) throws(LogError) {
    var reader = try BundleReader(bytes, path)
    let signers = try trusted.requiredSigners(of: reader.checkpoint, in: path)
    let found = try reader.check()
    let lines =
      [
        Line(
          part: "bundle",
          figures: "run \(found.run) of \(reader.checkpoint.checkpoint.origin), "
            + "\(found.leaves.count) events, positions \(found.first) to \(found.last)"),
        Self.line(reader.checkpoint, signers),
        Line(part: "proofs", figures: "\(found.leaves.count) lead to the checkpoint's root"),
        Line(
          part: "payloads", figures: "\(found.payloads) as committed to, \(found.redacted) redacted"
        ),
        Line(
          part: "schemas",
          figures: "\(found.valid) payloads keep to the schema that they were stored under"
            + (found.otherSchemas > 0
              ? "; for \(found.otherSchemas) the bundle has another version" : "")),
        Line(part: "links", figures: "from the run's first event on none is left out"),
      ] + (try matchReceipts(found.leaves))
    print(
      lines, reader.checkpoint, signers,
      "PROVED to position \(found.last); later events of the run, if there are any, are not in it")
  }

  private static func line(
    _ signed: SignedCheckpoint, _ signers: SignedNote.Signers
  ) -> Line {
    let unknown =
      signers.unknown.isEmpty
      ? "" : "; not checked: \(signers.unknown.joined(separator: ", "))"
    return Line(
      part: "checkpoint",
      figures: "covers positions 1 to \(signed.checkpoint.size &- 1), signed by "
        + signers.verified.map { "\($0.name)+\($0.idText)" }.joined(separator: ", ") + unknown)
  }

  /// The receipts of what the file has must be right, and there must be one.
  private func matchReceipts(
    _ leaves: [Position: (id: ULID, leaf: Digest)]
  ) throws(LogError) -> [Line] {
    guard !receipts.isEmpty else { return [] }
    var matched = 0
    for receipt in receipts {
      guard let found = leaves[receipt.position] else { continue }
      guard found.leaf == receipt.leaf, found.id == receipt.eventID else {
        throw LogError(
          .unsafe,
          "\(path): the event at position \(receipt.position) is not the one of its receipt",
          expected: "\(receipt.eventID)", actual: "\(found.id)")
      }
      matched += 1
    }
    guard matched > 0 else {
      throw LogError(
        .unsafe, "\(path) is of other events than the receipts",
        expected: "position \(receipts.first?.position ?? .none)")
    }
    return [Line(part: "receipts", figures: "\(matched) match")]
  }

  private func print(
    _ lines: [Line], _ signed: SignedCheckpoint, _ signers: SignedNote.Signers, _ verdict: String
  ) {
    guard console.isJSON else {
      for line in lines + [Line(part: "verdict", figures: verdict)] {
        let blanks = String(repeating: " ", count: max(1, 11 - line.part.utf8.count))
        let status = line.part == "verdict" ? "" : "ok      "
        console.output.line(SafeText.escaped(line.part + blanks + status + line.figures))
      }
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("verdict")
    writer.string("proved")
    writer.key("text")
    writer.string(verdict)
    writer.key("origin")
    writer.string(signed.checkpoint.origin)
    writer.key("signers")
    writer.beginArray()
    for key in signers.verified { writer.string(key.description) }
    writer.endArray()
    writer.key("unknown_signers")
    writer.beginArray()
    for name in signers.unknown { writer.string(name) }
    writer.endArray()
    writer.key("phases")
    writer.beginArray()
    for line in lines {
      writer.beginObject()
      writer.key("phase")
      writer.string(line.part)
      writer.key("status")
      writer.string("ok")
      writer.key("figures")
      writer.string(line.figures)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    console.output.json(writer.bytes)
  }
}
