package import Bytes
package import Events

/// An event as `decide` and `evolve` see it: plain values, no log behind them.
package struct DomainEvent: Sendable {
  package var type: EventType
  package var eventID: ULID
  /// Where the event is, or would be.
  package var position: Position
  package var time: Timestamp
  package var recordedAt: Timestamp
  package var flags: EventFlags
  package var payload: Payload
  /// The row of the event's run; `.none` without a run.
  package var run: EntityNumber
  /// The rows that the schema's `adds` templates name, in that order; `.none` where a template's
  /// fields are missing.
  package var adds: [EntityNumber]

  package init(
    type: EventType, eventID: ULID, position: Position, time: Timestamp, recordedAt: Timestamp,
    flags: EventFlags, payload: Payload, run: EntityNumber, adds: [EntityNumber]
  ) {
    self.type = type
    self.eventID = eventID
    self.position = position
    self.time = time
    self.recordedAt = recordedAt
    self.flags = flags
    self.payload = payload
    self.run = run
    self.adds = adds
  }
}
