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
  package var flags: EventFlags = []
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

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// A stored event.
package struct Event: Hashable, Sendable {
  package var position: Position
  package var envelope: Envelope
  /// The payload's JSON tokens as received; nil when it was redacted.
  package var payload: [UInt8]?

  package init(position: Position, envelope: Envelope, payload: [UInt8]?) {
    self.position = position
    self.envelope = envelope
    self.payload = payload
  }
}
