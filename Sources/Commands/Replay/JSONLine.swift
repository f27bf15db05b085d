internal import Bytes
internal import Events
internal import JSON

/// An event as one line of JSON that `uetlog append` takes in again.
enum JSONLine {
  /// Appends the line without its end.
  ///
  /// - Parameter withLogFields: adds what the log itself says: position, revision, times, flags.
  static func write(_ event: Event, withLogFields: Bool, to out: inout [UInt8]) {
    let envelope = event.envelope
    var writer = JSONWriter()
    writer.beginObject()
    if withLogFields {
      writer.member("position", event.position.rawValue)
      writer.member("revision", envelope.revision)
      writer.member("recorded_at", envelope.recordedAt.description)
      if !envelope.flags.isEmpty {
        writer.key("flags")
        writer.beginArray()
        for name in envelope.flags.names { writer.string(name) }
        writer.endArray()
      }
      if envelope.verdict != 0 { writer.member("verdict", envelope.verdict) }
    }
    writer.member("type", envelope.type)
    writer.member("event_id", envelope.eventID.description)
    writer.key("stream")
    writer.string(bytes: envelope.stream.bytes)
    writer.member("ts", envelope.time.description)
    writer.member("severity", envelope.severity.name)
    writeOptional(envelope, &writer)
    writer.key("payload")
    if let payload = event.payload { writer.raw(payload) } else { writer.null() }
    writer.endObject()
    out += writer.bytes
  }

  private static func writeOptional(_ envelope: Envelope, _ writer: inout JSONWriter) {
    if let run = envelope.runID { writer.member("run_id", run.description) }
    if !envelope.source.isEmpty { writer.member("source", envelope.source) }
    if let key = envelope.key { writer.member("key", key) }
    if let id = envelope.correlationID { writer.member("correlation_id", id) }
    if let id = envelope.causationID { writer.member("causation_id", id.description) }
    if let id = envelope.reverses { writer.member("reverses", id.description) }
    guard !envelope.labels.isEmpty else { return }
    writer.key("labels")
    writer.beginObject()
    for label in envelope.labels { writer.member(label.key, label.value) }
    writer.endObject()
  }
}
