package import Bytes
package import Events

/// What a successful append tells.
package struct Receipt: Hashable, Sendable {
  package var position: Position
  package var eventID: ULID
  package var stream: Name
  package var revision: UInt64
  package var leaf: Digest
  /// The event was there before: this is its first receipt.
  package var isDuplicate: Bool
  package var type: String
  package var flags: EventFlags
  /// The receipts of the events that the log appended because of this one.
  package var reactions: [Receipt] = []
}
