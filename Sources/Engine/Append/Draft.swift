package import Bytes
package import Events
package import Pipeline

/// An event offered to the log, not yet checked against a schema.
package struct Draft: Sendable {
  package var type: String
  package var payload: Payload
  package var eventID: ULID?
  /// The caller's idempotency key, unique within source and type.
  package var key: String?
  package var labels: [Label] = []
  package var runID: ULID?
  /// Only to confirm: the stream follows from the payload.
  package var stream: String?
  package var time: Timestamp?
  package var source = ""
  package var severity: Severity?
  package var correlationID: String?
  package var causationID: ULID?
  package var reverses: ULID?
  /// The revision that the stream must be at; 0 for a new one.
  package var expect: UInt64?
  package var flags = EventFlags()
  /// Whether the log itself makes the event, not a caller.
  package var isByLog = false
  /// The input line, for messages.
  package var line: Int?

  package init(type: String, payload: Payload) {
    self.type = type
    self.payload = payload
  }
}
