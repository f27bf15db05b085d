package import Events
package import Pipeline

/// A draft after everything that needs no lock: checked, hashed, its names filled in.
package struct PreparedDraft: Sendable {
  /// Complete but for revision, links, and the time of recording.
  package var envelope: Envelope
  package var definition: EventDefinition
  package var payload: Payload
  package var payloadBytes: [UInt8]
  package var salt: Salt
  /// A keyed digest of type, stream and payload tokens: "the same content".
  package var content: UInt128
  /// Whether the caller gave the id, so that it may be there already.
  package var hasGivenID: Bool
  package var scopedKey: DedupeKey?
  package var expect: UInt64?
  package var addresses: Addresses
  /// For `event_reversed`: what the reversal comes to.
  package var reversal: Reversal?
  package var line: Int?
}
