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
    for field in OptionalField.all where field.isPresent(in: envelope) {
      out.put(",\"")
      out.put(field.name)
      out.put("\":")
      field.render(envelope, to: &out)
    }
    // What follows is not what the leaf is committed to.
    if record.isRedacted { out.put(",\"redacted\":true") }
    out.put(",\"payload\":")
    if let payload = record.payloadBytes { out.put(payload) } else { out.put("null") }
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
}
