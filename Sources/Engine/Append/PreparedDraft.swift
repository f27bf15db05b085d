package import Bytes
package import Events
internal import JSON
package import Pipeline

/// A draft after everything that needs no lock: checked, hashed, its names filled in.
///
/// An object, so that handing it from thread to thread and from batch to batch costs one count.
package final class PreparedDraft: Sendable {
  /// Complete but for revision, links, and the time of recording.
  package let envelope: Envelope
  /// What is stored but for the stamp; nil when a text is too long for it.
  let record: EncodedRecord?
  package let definition: EventDefinition
  package let payload: Payload
  package let salt: Salt
  /// A keyed digest of type, stream and payload tokens: "the same content".
  package let content: UInt128
  /// Whether the caller gave the id, so that it may be there already.
  package let hasGivenID: Bool
  package let scopedKey: DedupeKey?
  package let payloadKeys: [PayloadKey]
  /// Whether the log itself makes the event, not a caller.
  package let isByLog: Bool
  package let expect: UInt64?
  package let addresses: Addresses
  /// For `event_reversed`: what the reversal comes to.
  package let reversal: Reversal?
  /// What keeps the payload as it was before it was masked, stored right behind; nil for none.
  let sealedCopy: PreparedDraft?
  /// For `patch_validated`: what came of judging the patch again; nil until that is done.
  let claim: PatchClaim?
  package let line: Int?

  init(
    envelope: Envelope, definition: EventDefinition, payload: Payload,
    payloadBytes: ArraySlice<UInt8>, salt: Salt, content: UInt128, hasGivenID: Bool,
    scopedKey: DedupeKey?,
    payloadKeys: [PayloadKey], isByLog: Bool, expect: UInt64?, addresses: Addresses,
    reversal: Reversal?, sealedCopy: PreparedDraft?, claim: PatchClaim? = nil, line: Int?
  ) {
    record = EncodedRecord(envelope, salt, payload: payloadBytes)
    self.envelope = envelope
    self.definition = definition
    self.payload = payload
    self.salt = salt
    self.content = content
    self.hasGivenID = hasGivenID
    self.scopedKey = scopedKey
    self.payloadKeys = payloadKeys
    self.isByLog = isByLog
    self.expect = expect
    self.addresses = addresses
    self.reversal = reversal
    self.sealedCopy = sealedCopy
    self.claim = claim
    self.line = line
  }

  /// The payload's tokens without white space between them.
  package var payloadBytes: ArraySlice<UInt8> { payload.document.tokens(payload.node) }

  /// The same draft under another id.
  package func identified(by id: ULID) -> PreparedDraft {
    var envelope = envelope
    envelope.eventID = id
    return copy(envelope)
  }

  /// The same draft with what undoing an event of `stream` comes to.
  func reversing(
    _ target: ULID, stream: Name, entity: Name?, _ reversal: Reversal
  ) -> PreparedDraft {
    var envelope = envelope
    envelope.stream = stream
    envelope.reverses = target
    var addresses = addresses
    addresses.entity = entity
    return copy(envelope, addresses: addresses, reversal: reversal)
  }

  /// The same draft after the patch that it is about was judged.
  package func judged(_ claim: PatchClaim) -> PreparedDraft { copy(envelope, claim: claim) }

  /// The same draft, marked as part of an import.
  func imported(_ claim: PatchClaim? = nil) -> PreparedDraft {
    var envelope = envelope
    envelope.flags.formUnion(.imported)
    return copy(envelope, claim: claim)
  }

  /// The same draft with members that only the log knows in front of its payload.
  ///
  /// Its content stays what the caller offered.
  func holding(
    _ bytes: ArraySlice<UInt8>, _ payload: Payload, _ addresses: Addresses
  ) -> PreparedDraft {
    var envelope = envelope
    envelope.payloadByteCount = UInt32(clamping: bytes.count)
    envelope.commitment = salt.commitment(to: bytes)
    return copy(envelope, (payload, bytes), addresses: addresses)
  }

  /// This draft with another envelope, and with what else is given instead of its own.
  private func copy(
    _ envelope: Envelope, _ newPayload: (payload: Payload, bytes: ArraySlice<UInt8>)? = nil,
    addresses newAddresses: Addresses? = nil, reversal newReversal: Reversal? = nil,
    claim newClaim: PatchClaim? = nil
  ) -> PreparedDraft {
    PreparedDraft(
      envelope: envelope, definition: definition, payload: newPayload?.payload ?? payload,
      payloadBytes: newPayload?.bytes ?? payloadBytes, salt: salt, content: content,
      hasGivenID: hasGivenID, scopedKey: scopedKey, payloadKeys: payloadKeys, isByLog: isByLog,
      expect: expect, addresses: newAddresses ?? addresses, reversal: newReversal ?? reversal,
      sealedCopy: sealedCopy, claim: newClaim ?? claim, line: line)
  }
}
