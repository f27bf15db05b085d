internal import Bytes
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline
internal import Schema

/// Prepared drafts as bytes, for another process to decide on; `Format.md` has the layout.
package enum GroupRequest {
  /// Nil when they are not for others to decide on: what undoes, what brings a type in, and what
  /// is known by secrets that were masked.
  package static func encoded(_ drafts: [PreparedDraft]) -> [UInt8]? {
    guard let count = UInt16(exactly: drafts.count), let first = drafts.first else { return nil }
    var out = CatalogMark.current.encoded
    out.append(littleEndian: LogFormat.writer)
    out.append(littleEndian: first.envelope.settingsDigest)
    out.append(littleEndian: count)
    for draft in drafts {
      guard draft.reversal == nil, !draft.isByLog, draft.definition.type != .schema_registered,
        !draft.definition.isOffered, draft.envelope.masks.count == 0, draft.sealedCopy == nil,
        let record = draft.record
      else { return nil }
      let claim = draft.claim
      out.append(
        (draft.hasGivenID ? 1 : 0) | (draft.expect == nil ? 0 : 2) | (claim == nil ? 0 : 4))
      out.append(littleEndian: draft.expect ?? 0)
      if let claim {
        // One that is refused, or judged by a draft before it, is nothing for others.
        guard claim.refusal == nil, claim.created > .none else { return nil }
        out.append(littleEndian: claim.created.rawValue)
      }
      out.append(littleEndian: draft.content)
      out.append(littleEndian: UInt32(clamping: record.bytes.count))
      out += record.bytes
    }
    return out
  }

  /// The drafts; nil when the bytes are none, or of a program with another catalog, other rules or
  /// other settings: nobody decides for those.
  package static func drafts(_ bytes: [UInt8], _ preparer: Preparer) -> [PreparedDraft]? {
    var reader = ByteReader(bytes.rawSpan)
    let mark = CatalogMark(reader.array(CatalogMark.current.encoded.count))
    guard mark == .current, reader.integer(UInt32.self) == LogFormat.writer,
      reader.integer(UInt64.self) == preparer.settingsDigest
    else { return nil }
    var drafts: [PreparedDraft] = []
    for _ in 0..<Int(reader.integer(UInt16.self)) {
      let bits = reader.integer(UInt8.self)
      let expect = reader.integer(UInt64.self)
      let created = bits & 4 > 0 ? Position(reader.integer(UInt64.self)) : nil
      let content = reader.integer(UInt128.self)
      let record = reader.array(Int(reader.integer(UInt32.self)))
      guard !reader.failed, bits < 8, created != Position.none,
        let draft = preparer.draft(
          record: record, content: content, hasGivenID: bits & 1 > 0,
          expect: bits & 2 > 0 ? expect : nil, created: created)
      else { return nil }
      drafts.append(draft)
    }
    return !drafts.isEmpty && !reader.failed && reader.remaining == 0 ? drafts : nil
  }
}

extension Preparer {
  /// A draft that another process has prepared; nil when it is not what this one would have made.
  ///
  /// Only what the secrets rules, the policies and the sender's own payload have decided is taken
  /// on trust.
  fileprivate func draft(
    record: [UInt8], content: UInt128, hasGivenID: Bool, expect: UInt64?, created: Position?
  ) -> PreparedDraft? {
    guard let view = EnvelopeView(record.rawSpan) else { return nil }
    let envelope = view.owned
    var reader = ByteReader(record.rawSpan)
    reader.skip(view.bytes.byteCount)
    let salt = Salt(high: reader.integer(UInt64.self), low: reader.integer(UInt64.self))
    let bytes = reader.array(reader.remaining)
    guard !reader.failed, Int(envelope.payloadByteCount) == bytes.count,
      envelope.settingsDigest == settingsDigest, envelope.revision == 0, envelope.reverses == nil,
      envelope.masks.count == 0, envelope.flags.subtracting(.masked) == [],
      salt.commitment(to: bytes[...]) == envelope.commitment,
      let definition = try? catalog.definition(envelope.type),
      definition.type != .schema_registered,
      (definition.type == .patch_validated) == (created != nil),
      definition.shortDigest == envelope.schemaDigest,
      let payload = Payload(bytes), payload.document.tokens(payload.node) == bytes[...],
      isInLimits(envelope, definition, payload),
      definition.schema.firstViolation(in: payload.document, at: payload.node) == nil,
      let template = definition.stream,
      let stream = try? template.resolved(payload, envelope.runID), stream == envelope.stream,
      let addresses = try? Addresses(
        definition, payload, stream: envelope.stream, runID: envelope.runID)
    else { return nil }
    return PreparedDraft(
      envelope: envelope, definition: definition, payload: payload,
      payloadBytes: payload.document.tokens(payload.node), salt: salt, content: content,
      hasGivenID: hasGivenID, scopedKey: envelope.key.map { scopedKey($0, envelope) },
      payloadKeys: payloadKeys(definition, payload), isByLog: false, expect: expect,
      addresses: addresses, reversal: nil, sealedCopy: nil,
      claim: created.map { PatchClaim(created: $0) }, line: nil)
  }

  /// Whether a caller could have given what an envelope has.
  private func isInLimits(
    _ envelope: Envelope, _ definition: EventDefinition, _ payload: Payload
  ) -> Bool {
    var offered = Draft(type: definition.name, payload: payload)
    offered.key = envelope.key
    offered.source = envelope.source
    offered.correlationID = envelope.correlationID
    offered.labels = envelope.labels
    return envelope.key != "" && (try? checkSizes(offered)) != nil
  }
}
