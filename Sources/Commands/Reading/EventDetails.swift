internal import Bytes
internal import Events
internal import JSON
internal import Secrets

/// Everything about one event, by the names that programs know.
struct EventDetails {
  /// A field's value: text, a number, or several texts.
  private enum Value {
    case text(String)
    case number(UInt64)
    case list([String])
    case object([(String, String)])
    case masks(Masks)
    case flag(Bool)
  }

  private let event: Event
  private let fields: [(name: String, value: Value)]
  /// The payload as it was before it was masked; nil when nobody asked for it.
  var unsealed: [UInt8]?

  init(_ event: Event, leaf: Digest) {
    self.event = event
    let envelope = event.envelope
    var fields: [(name: String, value: Value)] = [
      ("position", .number(event.position.rawValue)),
      ("event_id", .text(envelope.eventID.description)),
      ("type", .text(envelope.type)),
      ("stream", .text(envelope.stream.description)),
      ("revision", .number(envelope.revision)),
      ("previous_in_stream", .number(envelope.previousInStream.rawValue)),
    ]
    if let run = envelope.runID {
      fields.append(("run_id", .text(run.description)))
      fields.append(("previous_in_run", .number(envelope.previousInRun.rawValue)))
    }
    fields.append(("ts", .text(envelope.time.description)))
    fields.append(("recorded_at", .text(envelope.recordedAt.description)))
    fields.append(("severity", .text(envelope.severity.name)))
    func add(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { fields.append((name, .text(text))) }
    }
    add("source", envelope.source)
    add("key", envelope.key)
    add("correlation_id", envelope.correlationID)
    add("causation_id", envelope.causationID?.description)
    add("reverses", envelope.reverses?.description)
    if !envelope.labels.isEmpty {
      fields.append(("labels", .object(envelope.labels.map { ($0.key, $0.value) })))
    }
    if !envelope.flags.isEmpty { fields.append(("flags", .list(envelope.flags.names))) }
    if envelope.masks.count > 0 { fields.append(("masked", .masks(envelope.masks))) }
    // Length and commitment below are of what was stored first.
    if event.isRedacted { fields.append(("redacted", .flag(true))) }
    if envelope.verdict != 0 { fields.append(("verdict", .number(UInt64(envelope.verdict)))) }
    fields.append(("schema_digest", .text(Self.hex(envelope.schemaDigest))))
    fields.append(("settings_digest", .text(Self.hex(envelope.settingsDigest))))
    fields.append(("payload_bytes", .number(UInt64(envelope.payloadByteCount))))
    fields.append(("commitment", .text(envelope.commitment.description)))
    fields.append(("leaf", .text(leaf.description)))
    self.fields = fields
  }

  private static func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// One JSON object; the payload's tokens are as stored, null when it is gone.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for (name, value) in fields {
      writer.key(name)
      switch value {
      case .text(let text): writer.string(text)
      case .number(let number): writer.int(number)
      case .list(let words):
        writer.beginArray()
        for word in words { writer.string(word) }
        writer.endArray()
      case .masks(let masks): Self.write(masks, to: &writer)
      case .flag(let flag): writer.bool(flag)
      case .object(let members):
        writer.beginObject()
        for (key, value) in members {
          writer.key(key)
          writer.string(value)
        }
        writer.endObject()
      }
    }
    writer.key("payload")
    if let payload = event.payload { writer.raw(payload) } else { writer.null() }
    if let unsealed {
      writer.key("unsealed")
      writer.raw(unsealed)
    }
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ masks: Masks, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("count")
    writer.int(masks.count)
    writer.key("notes")
    writer.beginArray()
    for note in masks.notes {
      writer.beginObject()
      writer.key("rule")
      writer.string(note.rule)
      writer.key("pointer")
      writer.string(note.pointer)
      writer.key("start")
      writer.int(note.start)
      writer.key("bytes")
      writer.int(note.byteCount)
      writer.key("secret_bytes")
      writer.string(LengthClass(index: note.length)?.rawValue ?? "")
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  /// Lines for a person.
  func lines(_ style: Style) -> [String] {
    let width = fields.map(\.name.count).max() ?? 0
    var lines = fields.map { name, value in
      style(.dim, name.padded(to: width)) + "  " + text(value)
    }
    lines.append(style(.dim, "payload"))
    lines.append("  " + (event.payload.map { Self.text($0) } ?? "gone"))
    guard let unsealed else { return lines }
    return lines + [style(.dim, "unsealed"), "  " + Self.text(unsealed)]
  }

  private static func text(_ payload: [UInt8]) -> String {
    guard let document = try? JSONDocument(parsing: payload) else {
      return "damaged: " + SafeText.escaped(payload)
    }
    return PrettyJSON.text(document, document.root, indent: "  ")
  }

  private func text(_ value: Value) -> String {
    switch value {
    case .text(let text): SafeText.escaped(text)
    case .number(let number): String(number)
    case .flag(let flag): flag ? "yes: secrets were taken out after it was stored" : "no"
    case .list(let words): words.joined(separator: ", ")
    case .masks(let masks):
      masks.notes.map { SafeText.escaped($0.rule + " at " + $0.pointer) }.joined(separator: ", ")
        + (masks.notes.count < Int(masks.count) ? ", … \(masks.count) in all" : "")
    case .object(let members):
      members.map { SafeText.escaped($0.0) + "=" + SafeText.escaped($0.1) }
        .joined(separator: ", ")
    }
  }
}
