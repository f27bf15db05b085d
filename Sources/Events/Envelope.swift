package import Bytes

/// Everything about an event but its payload: what the leaf hash covers.
package struct Envelope: Hashable, Sendable {
  package var eventID: ULID
  package var type: String
  /// The first eight bytes of the SHA-256 of the schema that the payload was checked against.
  package var schemaDigest: UInt64 = 0
  package var stream: Name
  /// The place in the stream, 1-based.
  package var revision: UInt64 = 0
  package var previousInStream = Position.none
  /// The event before in the same run; none for an event without a run.
  package var previousInRun = Position.none
  package var runID: ULID?
  /// When the source says that it happened.
  package var time: Timestamp
  /// When the log took it; never falls.
  package var recordedAt: Timestamp
  package var source = ""
  package var severity = Severity.info
  /// Short words for filters: actor, host, repository.
  package var labels: [Label] = []
  package var causationID: ULID?
  package var correlationID: String?
  /// The event that this one cancels.
  package var reverses: ULID?
  /// The caller's idempotency key, unique within source and type.
  package var key: String?
  package var flags = EventFlags()
  /// What was masked in the payload.
  package var masks = Masks()
  /// For imports: which of today's rules the event breaks; 0 for none.
  package var verdict: UInt8 = 0
  /// The first eight bytes of the SHA-256 of the settings in force.
  package var settingsDigest: UInt64 = 0
  package var payloadByteCount: UInt32 = 0
  /// SHA-256(0x02 ‖ salt ‖ payload).
  package var commitment = Digest()

  package init(
    eventID: ULID, type: String, stream: Name, time: Timestamp, recordedAt: Timestamp
  ) {
    self.eventID = eventID
    self.type = type
    self.stream = stream
    self.time = time
    self.recordedAt = recordedAt
  }
}

/// Which secrets were masked in a payload: enough to find the markers, nothing of the secrets.
package struct Masks: Hashable, Sendable {
  /// More than these are counted, not noted.
  package static let noteCountMax = 32

  /// How many secrets were masked; above 65,535 that many.
  package var count: UInt16 = 0
  /// Of the first of them.
  package var notes: [Note] = []

  package init() {}

  /// One marker.
  package struct Note: Hashable, Sendable {
    package var rule: String
    /// The JSON pointer of its string; of what that is in, when it is longer than 255 bytes.
    package var pointer: String
    /// Where the marker begins in the decoded string, in bytes of UTF-8.
    package var start: UInt32
    package var byteCount: UInt8
    /// About how long the secret was: 0 under 32 bytes, 1 under 64, 2 under 256, 3 more.
    package var length: UInt8

    package init(rule: String, pointer: String, start: UInt32, byteCount: UInt8, length: UInt8) {
      self.rule = rule
      self.pointer = pointer
      self.start = start
      self.byteCount = byteCount
      self.length = length
    }
  }
}

/// One label: a key and a value, each 1–64 bytes.
package struct Label: Hashable, Sendable {
  package var key: String
  package var value: String

  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// The salt that keeps a short payload from being guessed from its commitment.
package struct Salt: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package static let byteCount = 16
  /// What stands in the place of a salt that was taken away: no salt is zero.
  package static let taken = [UInt8](repeating: 0, count: byteCount)

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// A stored event.
package struct Event: Hashable, Sendable {
  package var position: Position
  package var envelope: Envelope
  /// The payload's JSON tokens as received; nil when it is gone.
  package var payload: [UInt8]?
  /// Whether secrets were taken out of the payload after it was stored: its envelope is committed
  /// to another one then.
  package var isRedacted: Bool

  package init(
    position: Position, envelope: Envelope, payload: [UInt8]?, isRedacted: Bool = false
  ) {
    self.position = position
    self.envelope = envelope
    self.payload = payload
    self.isRedacted = isRedacted
  }
}
