internal import Bytes
internal import Events
internal import Evidence
internal import JSON
internal import Pipeline

/// The payload of an event as it was before its secrets were masked, encrypted: what a
/// `payload_sealed` keeps.
struct SealedCopy {
  static let type = Array(EventType.payload_sealed.name.utf8)
  /// Where its payload has the box.
  static let boxPointer = "/box"

  /// Which event it is of.
  struct Subject {
    var log: ULID
    var event: ULID
    var type: String
    var stream: Name

    init(log: ULID, event: ULID, type: String, stream: Name) {
      self.log = log
      self.event = event
      self.type = type
      self.stream = stream
    }

    /// What a stored event was when it was sealed.
    init(_ envelope: Envelope, in log: LogIdentity) {
      self.init(
        log: log.id, event: envelope.eventID, type: envelope.type, stream: envelope.offeredStream)
    }

    /// What a box is bound to: it opens as the copy of no other event, and in no other log.
    var context: [UInt8] {
      let ids = "uetlog/sealed/v1\n\(log)\n\(event)\n\(type)\n"
      return Array(ids.utf8) + stream.bytes
    }
  }

  /// Where the event that keeps it is.
  let position: Position
  /// The key that it was sealed to, as `name+id`.
  let keyID: String
  let box: [UInt8]

  /// Nil when the event keeps no copy, or no more.
  init?(_ event: Event) {
    guard event.envelope.type == EventType.payload_sealed.name,
      let payload = event.payload.flatMap({ Payload($0) }), let keyID = payload.text("key_id"),
      let box = payload.text("box").flatMap({ Base64.decode($0.utf8) })
    else { return nil }
    position = event.position
    self.keyID = keyID
    self.box = box
  }

  /// The id of the event that keeps the copy of another.
  static func eventID(of event: ULID) -> ULID { event.consequence("uetlog/sealed/v1") }

  /// The event that keeps the copy of another; nil when there is none.
  static func event(
    of event: ULID, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Event? {
    try ReadEvent(reference: .id(eventID(of: event))).run(tables)
  }

  /// A payload without the box: what is left of it when the copy is to be gone.
  static func payload(_ event: String, _ keyID: String, box: [UInt8]? = nil) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("event_id")
    writer.string(event)
    writer.key("key_id")
    writer.string(keyID)
    if let box {
      writer.key("box")
      writer.string(Base64.encode(box))
    }
    writer.endObject()
    return writer.bytes
  }
}

extension Preparer {
  /// Prepares the event that keeps a payload as it was offered: as a reaction to the masked one,
  /// with an id that follows from its.
  mutating func sealedCopy(
    of subject: SealedCopy.Subject, _ bytes: ArraySlice<UInt8>, to key: SealingKey,
    at time: Timestamp
  ) throws(LogError) -> PreparedDraft {
    let box: [UInt8]
    do throws(EvidenceError) { box = try key.seal(bytes, for: subject.context) } catch {
      throw LogError(.settings, error.message)
    }
    let event = subject.event
    guard let payload = Payload(SealedCopy.payload(event.description, key.keyID, box: box)) else {
      throw LogError(.system, "the sealed copy has no valid payload")
    }
    var draft = Draft(type: EventType.payload_sealed.name, payload: payload)
    draft.eventID = SealedCopy.eventID(of: event)
    draft.source = "uetlog"
    // Of no run: who gets a run as a bundle gets no boxes.
    draft.causationID = event
    draft.time = time
    draft.flags = .reaction
    draft.isByLog = true
    return try prepare(draft)
  }
}
