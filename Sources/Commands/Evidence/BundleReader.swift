internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import Evidence
internal import JSON
internal import Merkle
internal import Pipeline
internal import Schema

/// Reads a bundle and checks each of its events by its checkpoint.
struct BundleReader {
  static let format = "uetlog-bundle@v1"

  /// What was found right.
  struct Found {
    var run: ULID
    var leaves: [Position: (id: ULID, leaf: Digest)] = [:]
    var first = Position.none
    var last = Position.none
    var payloads = 0
    var redacted = 0
    /// Payloads that keep to the schema that they were stored under.
    var valid = 0
    /// Payloads whose schema in the bundle is another version.
    var otherSchemas = 0
  }

  private struct KnownSchema {
    var shortDigest: UInt64
    var compiled: CompiledSchema
  }

  let checkpoint: SignedCheckpoint
  private let path: String
  private let run: ULID
  private let eventCount: Int64
  private var lines: ArraySlice<ArraySlice<UInt8>>
  private var lineNumber = 1
  private var schemas: [String: KnownSchema] = [:]

  static func isOne(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: Array(#"{"format":"\#(format)","#.utf8))
  }

  /// Reads the line for the whole; its checkpoint's signatures are not checked here.
  init(_ bytes: [UInt8], _ path: String) throws(LogError) {
    self.path = path
    guard bytes.last == 0x0A else {
      throw LogError(.badInput, "\(path) is cut off in its last line")
    }
    lines = bytes.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)[...]
    guard let line = lines.popFirst(), let header = Payload(Array(line)),
      header.text("format") == Self.format, let run = header.text("run").flatMap({ ULID($0) }),
      let count = header.integer("events"), count > 0, let note = header.text("checkpoint")
    else { throw LogError(.badInput, "\(path) has a first line that is none of a bundle") }
    self.run = run
    eventCount = count
    do throws(EvidenceError) {
      checkpoint = try SignedCheckpoint(parsing: Array(note.utf8))
    } catch { throw LogError(error, in: path) }
  }

  /// Checks all events; throws at the first that is wrong.
  mutating func check() throws(LogError) -> Found {
    var found = Found(run: run)
    while let line = lines.popFirst() {
      lineNumber += 1
      guard let content = Payload(Array(line)) else { throw malformed("is not JSON") }
      if let type = content.text("schema") {
        try take(schema: type, content)
      } else {
        try check(content, &found)
      }
    }
    guard found.leaves.count == eventCount else {
      throw LogError(
        .badInput, "\(path) is cut off", expected: "\(eventCount) events",
        actual: "\(found.leaves.count)")
    }
    return found
  }

  private mutating func take(schema type: String, _ content: Payload) throws(LogError) {
    guard let bytes = content.text("base64").flatMap({ Base64.decode($0.utf8) }) else {
      throw malformed("has no schema")
    }
    schemas[type] = KnownSchema(
      shortDigest: Digest.sha256(of: bytes).prefix64,
      compiled: try Catalog.compile(bytes, id: "schema of \(type) in \(path)"))
  }

  private func check(_ content: Payload, _ found: inout Found) throws(LogError) {
    guard let number = content.integer("position"), number > 0,
      let bytes = content.text("envelope").flatMap({ Base64.decode($0.utf8) }),
      let envelope = EnvelopeView(bytes.rawSpan), envelope.bytes.byteCount == bytes.count
    else { throw malformed("has no event") }
    let position = Position(UInt64(number))
    var path: [Digest] = []
    for text in content.texts("proof").prefix(64) {
      guard let digest = Base64.decode(text.utf8).flatMap({ Digest($0) }) else {
        throw malformed("has a hash that is none")
      }
      path.append(digest)
    }
    let proof = InclusionProof(
      leafIndex: position.rawValue, treeSize: checkpoint.checkpoint.size, path: path)
    guard proof.proves(leaf: envelope.leaf, root: checkpoint.checkpoint.root) else {
      throw refuted(position, "its proof does not lead to the checkpoint's root")
    }
    guard envelope.runID == run else { throw refuted(position, "it is of another run") }
    // The envelopes are proved, and each names the one before it.
    guard envelope.previousInRun == found.last else {
      throw refuted(
        position, "events are left out: the run's event before it is at \(envelope.previousInRun)")
    }
    found.leaves[position] = (envelope.eventID, envelope.leaf)
    if found.first == .none { found.first = position }
    found.last = position
    try checkPayload(content, envelope, position, &found)
  }

  private func checkPayload(
    _ content: Payload, _ envelope: borrowing EnvelopeView, _ position: Position,
    _ found: inout Found
  ) throws(LogError) {
    guard let payload = content.child("payload") else {
      guard !content.has("salt") else { throw malformed("has no payload") }
      found.redacted += 1
      return
    }
    guard let salt = content.text("salt").flatMap({ Base64.decode($0.utf8) }),
      salt.count == Salt.byteCount
    else { throw malformed("has no salt") }
    let bytes = payload.document.compacted(payload.node)
    var hasher = Hasher256()
    hasher.update(0x02)
    hasher.update(salt)
    hasher.update(bytes)
    guard bytes.count == envelope.payloadByteCount, hasher.finalize() == envelope.commitment else {
      throw refuted(position, "its payload is not what was stored")
    }
    found.payloads += 1
    guard let schema = schemas[envelope.string(envelope.typeRange)],
      schema.shortDigest == envelope.schemaDigest
    else {
      found.otherSchemas += 1
      return
    }
    if let violation = schema.compiled.firstViolation(in: payload.document, at: payload.node) {
      throw refuted(position, "its payload breaks its schema at \(violation.pointer)")
    }
    found.valid += 1
  }

  private func malformed(_ what: String) -> LogError {
    var error = LogError(.badInput, "\(path): the line \(what)")
    error.line = lineNumber
    return error
  }

  private func refuted(_ position: Position, _ what: String) -> LogError {
    var error = LogError(.unsafe, "\(path): the event at position \(position): \(what)")
    error.line = lineNumber
    return error
  }
}
