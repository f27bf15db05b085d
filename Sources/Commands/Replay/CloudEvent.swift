internal import Bytes
internal import Events
internal import JSON

/// An event in CloudEvents 1.0 JSON form (github.com/cloudevents/spec), one line each.
enum CloudEvent {
  /// Appends the line without its end.
  static func write(_ event: Event, log: LogIdentity, to out: inout [UInt8]) {
    let envelope = event.envelope
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("specversion", "1.0")
    writer.member("id", envelope.eventID.description)
    writer.member("source", "urn:uetlog:\(log.id)")
    writer.member("type", "uetlog.\(envelope.type)")
    writer.member("subject", envelope.stream.description)
    writer.member("time", envelope.time.description)
    writer.member("datacontenttype", "application/json")
    // Extension attributes: lower-case letters and digits only.
    writer.member("sequence", event.position.rawValue)
    writer.member("streamrevision", envelope.revision)
    writer.member("recordedat", envelope.recordedAt.description)
    if let run = envelope.runID { writer.member("runid", run.description) }
    if !envelope.source.isEmpty { writer.member("producer", envelope.source) }
    if let id = envelope.correlationID { writer.member("correlationid", id) }
    if let id = envelope.causationID { writer.member("causationid", id.description) }
    if let payload = event.payload {
      writer.key("data")
      writer.raw(payload)
    }
    writer.endObject()
    out += writer.bytes
  }
}
