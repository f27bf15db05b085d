internal import Bytes
internal import Engine
internal import Events
internal import JSON

/// Events as lines of JSON that `uetlog append` takes in again.
struct JSONLine: RecordRenderer {
  /// Adds what the log itself says: position, revision, time of recording, flags.
  var withLogFields = false

  func render(_ record: borrowing RecordView, at position: Position, to out: inout [UInt8]) {
    let envelope = record.envelope
    out.append(0x7B)
    if withLogFields { renderLogFields(envelope, position, to: &out) }
    out.put("\"type\":")
    out.put(quoted: envelope, envelope.typeRange)
    out.put(",\"event_id\":\"")
    out.put(envelope.eventID)
    out.put("\",\"stream\":")
    out.put(quoted: envelope, envelope.streamRange)
    out.put(",\"ts\":\"")
    out.append(text: envelope.time)
    out.put("\",\"severity\":\"")
    out.put(envelope.severity.staticName)
    out.append(0x22)
    renderOptional(envelope, to: &out)
    out.put(",\"payload\":")
    if let salted = record.salted, salted.byteCount >= Salt.byteCount {
      out.put(salted.extracting(Salt.byteCount...))
    } else {
      out.put("null")
    }
    out.put("}\n")
  }

  private func renderLogFields(
    _ envelope: borrowing EnvelopeView, _ position: Position, to out: inout [UInt8]
  ) {
    out.put("\"position\":")
    out += String(position.rawValue).utf8
    out.put(",\"revision\":")
    out += String(envelope.revision).utf8
    out.put(",\"recorded_at\":\"")
    out.append(text: envelope.recordedAt)
    out.put("\",\"leaf\":\"")
    out += envelope.leaf.description.utf8
    out.put("\",\"flags\":[")
    out += envelope.flags.names.map { "\"\($0)\"" }.joined(separator: ",").utf8
    out.put("],\"verdict\":")
    out += String(envelope.verdict).utf8
    out.append(0x2C)
  }

  private func renderOptional(_ envelope: borrowing EnvelopeView, to out: inout [UInt8]) {
    if let run = envelope.runID { out.put(member: ",\"run_id\":\"", run) }
    if !envelope.sourceRange.isEmpty {
      out.put(",\"source\":")
      out.put(quoted: envelope, envelope.sourceRange)
    }
    if let range = envelope.keyRange {
      out.put(",\"key\":")
      out.put(quoted: envelope, range)
    }
    if let range = envelope.correlationRange {
      out.put(",\"correlation_id\":")
      out.put(quoted: envelope, range)
    }
    if let id = envelope.causationID { out.put(member: ",\"causation_id\":\"", id) }
    if let id = envelope.reverses { out.put(member: ",\"reverses\":\"", id) }
    guard !envelope.labelsRange.isEmpty else { return }
    var writer = JSONWriter()
    writer.beginObject()
    for label in envelope.labels { writer.member(label.key, label.value) }
    writer.endObject()
    out.put(",\"labels\":")
    out += writer.bytes
  }
}

extension [UInt8] {
  /// Appends a literal.
  fileprivate mutating func put(_ text: StaticString) {
    unsafe append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  fileprivate mutating func put(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  fileprivate mutating func put(_ id: ULID) { append(text: id) }

  /// Appends a member whose value is an identifier.
  fileprivate mutating func put(member: StaticString, _ id: ULID) {
    put(member)
    put(id)
    append(0x22)
  }

  /// Appends a text of the envelope in quotes; escapes are rare.
  fileprivate mutating func put(quoted envelope: borrowing EnvelopeView, _ range: Range<Int>) {
    let text = envelope.bytes.extracting(range)
    var isPlain = true
    for index in 0..<text.byteCount {
      let byte = unsafe text.unsafeLoad(fromByteOffset: index, as: UInt8.self)
      if byte < 0x20 || byte == 0x22 || byte == 0x5C { isPlain = false }
    }
    if isPlain {
      append(0x22)
      put(text)
      append(0x22)
    } else {
      var writer = JSONWriter()
      writer.string(bytes: envelope.text(range))
      append(contentsOf: writer.bytes)
    }
  }
}
