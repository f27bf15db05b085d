package import Bytes
package import Events
internal import JSON
internal import Pipeline

/// What is taken out of one event's payload: worked out outside of the lock, carried out inside.
package struct Redaction: Hashable, Sendable {
  /// One marker.
  package struct Mask: Hashable, Sendable {
    package var rule: String
    /// The JSON pointer of its string.
    package var pointer: String
  }

  package let position: Position
  package let eventID: ULID
  package let type: String
  package let masks: [Mask]
  /// What is taken out: never to be shown.
  package let secrets: [[UInt8]]
  /// The payload as it is stored.
  let before: [UInt8]
  /// The payload as it will be.
  let after: [UInt8]

  /// About what it takes to carry it out.
  package var byteCount: Int { before.count + after.count }

  /// More than these are counted, not named.
  static let maskCountMax = 100

  /// The draft of the event that says what was done.
  func draft(reason: String, operator: String?) throws(LogError) -> Draft {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("position")
    writer.int(position.rawValue)
    writer.key("event_id")
    writer.string(eventID.description)
    writer.key("reason")
    writer.string(reason)
    if let `operator` {
      writer.key("operator")
      writer.string(`operator`)
    }
    writer.key("replacement_sha256")
    writer.string(Digest.sha256(of: after).description)
    writer.key("mask_count")
    writer.int(masks.count)
    writer.key("masks")
    writer.beginArray()
    for mask in masks.prefix(Self.maskCountMax) {
      writer.beginObject()
      writer.key("rule")
      writer.string(mask.rule)
      writer.key("pointer")
      writer.string(Masks.shortened(mask.pointer))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(.badInput, "the reason can't be written as JSON")
    }
    var draft = Draft(type: EventType.payload_redacted.name, payload: payload)
    draft.source = "uetlog"
    draft.causationID = eventID
    draft.isByLog = true
    return draft
  }
}

extension Redaction {
  /// What takes the box out of a sealed copy; nil when there is none, or no more.
  init?(ofSealedCopy event: Event) {
    guard let copy = SealedCopy(event), let before = event.payload,
      let subject = Payload(before)?.text("event_id")
    else { return nil }
    self.init(
      position: event.position, eventID: event.envelope.eventID, type: event.envelope.type,
      masks: [Mask(rule: "sealed", pointer: SealedCopy.boxPointer)], secrets: [], before: before,
      after: SealedCopy.payload(subject, copy.keyID))
  }
}

/// What a `payload_redacted` says.
struct RedactionRecord {
  var target: Position
  /// The SHA-256 of what took the payload's place; nil when nothing did.
  var replacement: Digest?

  /// Nil for a payload that names no event.
  init?(_ payload: [UInt8]) {
    guard let payload = Payload(payload), let target = payload.integer("position"), target > 0
    else { return nil }
    self.target = Position(UInt64(target))
    replacement = payload.text("replacement_sha256").flatMap { Digest(hex: Array($0.utf8)) }
  }
}
