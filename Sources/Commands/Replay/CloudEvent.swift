internal import Bytes
internal import Engine
internal import Events
internal import JSON

/// Events in CloudEvents 1.0 JSON form (github.com/cloudevents/spec), one line each.
struct CloudEvent: RecordRenderer {
  let log: LogIdentity

  func render(_ record: borrowing RecordView, at position: Position, to out: inout [UInt8]) {
    let envelope = record.envelope.owned
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("specversion", "1.0")
    writer.member("id", envelope.eventID.description)
    writer.member("source", "urn:uetlog:\(log.id)")
    writer.member("type", "uetlog.\(envelope.type)")
    writer.member("subject", envelope.stream.description)
    writer.member("time", envelope.time.description)
    writer.member("datacontenttype", "application/json")
    // Extension attributes.
    writer.member("sequence", Self.sequence(position))
    writer.member("streamrevision", envelope.revision)
    writer.member("recordedat", envelope.recordedAt.description)
    for field in OptionalField.all where field.isPresent(in: record.envelope) {
      guard let attribute = field.attribute else { continue }
      var value: [UInt8] = []
      field.render(record.envelope, to: &value)
      writer.key(attribute)
      writer.raw(value)
    }
    if record.isRedacted {
      writer.key("redacted")
      writer.bool(true)
    }
    if let payload = record.payload {
      writer.key("data")
      writer.raw(payload)
    }
    writer.endObject()
    out += writer.bytes
    out.append(0x0A)
  }

  /// A position as the sequence extension wants it: a text that sorts as the numbers do.
  private static func sequence(_ position: Position) -> String {
    let digits = String(position.rawValue)
    return String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits
  }
}
