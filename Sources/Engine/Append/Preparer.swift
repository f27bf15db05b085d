package import Bytes
package import Events
internal import JSON
package import Pipeline
internal import Schema
package import Secrets

/// Turns drafts into prepared ones.
///
/// Pure but for its generators: no log is read.
package struct Preparer: Sendable {
  package let catalog: Catalog
  package let identity: LogIdentity
  package let settingsDigest: UInt64
  let secrets: SecretGuard
  /// What tokens cost, by model.
  private let prices: [String: TokenPrice]
  private let clock: any TimeSource
  private var entropy: any EntropySource
  private var ids = ULIDGenerator()
  /// The run of the last draft: mostly the next one is of the same.
  private var run: (id: ULID, name: Name)?

  package init(
    catalog: Catalog, identity: LogIdentity, settingsDigest: UInt64,
    prices: [String: TokenPrice] = [:], secrets: SecretPolicy = SecretPolicy(),
    clock: any TimeSource, entropy: any EntropySource
  ) {
    self.catalog = catalog
    self.identity = identity
    self.settingsDigest = settingsDigest
    self.prices = prices
    self.secrets = SecretGuard(secrets, identity)
    self.clock = clock
    self.entropy = entropy
  }

  /// Checks a draft and computes everything about it that does not depend on the log.
  ///
  /// - Parameter definition: that of its type, when it was looked up already.
  package mutating func prepare(
    _ draft: Draft, _ definition: EventDefinition? = nil
  ) throws(LogError) -> PreparedDraft {
    do throws(LogError) {
      if let definition { return try prepareUnlocated(draft, definition) }
      return try prepareUnlocated(draft, try known(draft.type))
    } catch {
      throw secrets.erasing(error, draft.inputs).at(line: draft.line)
    }
  }

  private mutating func prepareUnlocated(
    _ draft: Draft, _ definition: EventDefinition
  ) throws(LogError) -> PreparedDraft {
    try checkSizes(draft)
    try checkReverses(draft, definition)
    let now = clock.now()
    let eventID = draft.eventID ?? nextID(now)
    var bytes = draft.payload.document.tokens(draft.payload.node)
    guard bytes.count <= Limits.payloadByteCount(of: draft.type) else {
      throw LogError(
        .badInput, "the payload is too large",
        expected: "at most \(Limits.payloadByteCount(of: draft.type)) bytes",
        actual: "\(bytes.count)", pointer: "/payload",
        hint: "Store the text elsewhere and put its path or hash into the event")
    }
    var payload = draft.payload
    try check(payload, definition)
    if case .schema_registered = definition.type {
      catalog.offer(try UserType(registeredBy: payload))
    }
    let stream = try streamName(definition, payload, draft)
    let content = contentDigest(definition.name, stream, bytes)
    let keys = payloadKeys(definition, payload)
    let masked = try masked(draft, definition, stream, bytes)
    var copy: PreparedDraft?
    if let masked {
      if let key = masked.sealingKey {
        let subject = SealedCopy.Subject(
          log: identity.id, event: eventID, type: definition.name, stream: stream)
        copy = try sealedCopy(of: subject, bytes, to: key, at: draft.time ?? now)
      }
      (payload, bytes) = (masked.payload, masked.bytes[...])
    }
    let members = membersOfItsOwn(definition, payload, now)
    if !members.isEmpty { (payload, bytes) = try Self.prepend(members, to: bytes) }
    var envelope = Envelope(
      eventID: eventID, type: definition.name, stream: stream, time: draft.time ?? now,
      recordedAt: now)
    envelope.schemaDigest = definition.shortDigest
    envelope.settingsDigest = settingsDigest
    envelope.runID = draft.runID
    envelope.source = draft.source
    envelope.severity = draft.severity ?? definition.severity
    envelope.labels = draft.labels
    envelope.causationID = draft.causationID
    envelope.correlationID = draft.correlationID
    envelope.reverses = draft.reverses
    envelope.key = draft.key
    envelope.flags = draft.flags
    if let masked {
      envelope.flags.formUnion(.masked)
      envelope.masks = masked.masks
    }
    envelope.payloadByteCount = UInt32(clamping: bytes.count)
    let salt = Salt(high: entropy.next(), low: entropy.next())
    envelope.commitment = salt.commitment(to: bytes)
    return try complete(
      envelope, definition, payload, bytes, salt, content: content, keys, copy, draft: draft)
  }

  /// The payload without its secrets; nil when there are none.
  ///
  /// Refused when it would break the schema, be too large, or be of another subject then.
  private func masked(
    _ draft: Draft, _ definition: EventDefinition, _ stream: Name, _ bytes: ArraySlice<UInt8>
  ) throws(LogError) -> SecretGuard.Masked? {
    guard let masked = try secrets.masked(draft, definition, stream, bytes) else { return nil }
    guard masked.bytes.count <= Limits.payloadByteCount(of: draft.type),
      definition.schema.firstViolation(in: masked.payload.document, at: masked.payload.node) == nil,
      (try? streamName(definition, masked.payload, draft)) == stream
    else {
      let note = masked.masks.notes.first
      throw SecretGuard.unmaskable(note?.rule ?? "", note?.pointer ?? "")
    }
    return masked
  }

  private mutating func name(ofRun id: ULID) -> Name {
    if let run, run.id == id { return run.name }
    let name = Name(run: id)
    run = (id, name)
    return name
  }

  private mutating func complete(
    _ envelope: consuming Envelope, _ definition: EventDefinition, _ payload: Payload,
    _ bytes: ArraySlice<UInt8>, _ salt: Salt, content: UInt128, _ keys: [PayloadKey],
    _ sealedCopy: PreparedDraft?, draft: Draft
  ) throws(LogError) -> PreparedDraft {
    let run = envelope.runID.map { name(ofRun: $0) }
    let addresses = try Addresses(
      definition, payload, stream: envelope.stream, runID: envelope.runID, run: run)
    var scopedKey: DedupeKey?
    if let key = envelope.key { scopedKey = self.scopedKey(key, envelope) }
    return PreparedDraft(
      envelope: envelope, definition: definition, payload: payload, payloadBytes: bytes,
      salt: salt, content: content, hasGivenID: draft.eventID != nil, scopedKey: scopedKey,
      payloadKeys: keys, isByLog: draft.isByLog, expect: draft.expect,
      addresses: addresses, reversal: nil, sealedCopy: sealedCopy, line: draft.line)
  }

  /// A preparer for another place, that makes no salt or id which this one makes too.
  package mutating func split() -> Preparer {
    var other = self
    other.entropy = entropy.split()
    other.ids = ULIDGenerator()
    return other
  }

  /// A fresh identifier.
  package mutating func nextID(_ now: Timestamp) -> ULID {
    var source = AnyEntropy(base: entropy)
    let id = ids.next(at: now, entropy: &source)
    entropy = source.base
    return id
  }

  private func known(_ type: String) throws(LogError) -> EventDefinition {
    if let definition = try catalog.definition(type) { return definition }
    let near = nearest(to: type, among: Catalog.names)
    throw LogError(
      .unknownType, "there is no event type \"\(type.prefix(80))\"",
      allowed: near.map { [$0] } ?? [],
      pointer: "/type", hint: "`uetlog schema list` shows all types")
  }

  /// Only an event that undoes another names one that it reverses, and both must name the same.
  private func checkReverses(
    _ draft: Draft, _ definition: EventDefinition
  ) throws(LogError) {
    guard let reversed = draft.reverses else { return }
    guard case .event_reversed = definition.type else {
      throw LogError(
        .badInput, "\(definition.name) undoes no event, so it can't have reverses",
        pointer: "/reverses", hint: "`uetlog compensate --event \(reversed)` undoes that event")
    }
    let target = draft.payload.text("target")
    guard target == reversed.description else {
      throw LogError(
        .badInput, "reverses and target are not the same event", expected: target,
        actual: reversed.description, pointer: "/reverses")
    }
  }

  /// What the log puts in front of a payload that needs no log to be known: the ledger's own id of
  /// a patch, and the price of what a reservation holds money for, as it is now.
  private mutating func membersOfItsOwn(
    _ definition: EventDefinition, _ payload: Payload, _ now: Timestamp
  ) -> [PayloadMember] {
    switch definition.type {
    case .patch_created where !payload.has("ledger_id"):
      return [PayloadMember("ledger_id", text: nextID(now).description)]
    case .cost_reserved where !payload.has("estimate_micro_usd"):
      let amount = ReservationState.estimate(payload, prices: prices)
      return amount.map { [PayloadMember("estimate_micro_usd", integer: $0)] } ?? []
    default: return []
    }
  }

  private func check(_ payload: Payload, _ definition: EventDefinition) throws(LogError) {
    guard
      let violation = definition.schema.firstViolation(in: payload.document, at: payload.node)
    else { return }
    throw LogError(
      .violation, "\(definition.name) breaks its schema (\(violation.keyword))",
      expected: violation.expected, actual: violation.found,
      pointer: violation.pointer.isEmpty ? "/" : violation.pointer,
      hint: "`uetlog schema show \(definition.name)` shows what it takes")
  }

  private func streamName(
    _ definition: EventDefinition, _ payload: Payload, _ draft: Draft
  ) throws(LogError) -> Name {
    // Events that go to their target's stream get its name when the target is known.
    guard let template = definition.stream else { return Name(stored: Array("log".utf8)) }
    guard let stream = try template.resolved(payload, draft.runID) else {
      throw LogError(
        .badInput,
        "\(definition.name) has no stream without \(template.fields.joined(separator: ", "))",
        pointer: "/payload")
    }
    if let given = draft.stream, given != stream.description {
      throw LogError(
        .badInput, "the payload belongs to another stream", expected: stream.description,
        actual: given, pointer: "/stream", hint: "Leave stream out: it follows from the payload")
    }
    return stream
  }
}

/// An entropy source behind its protocol, usable as a generic one.
private struct AnyEntropy: EntropySource {
  var base: any EntropySource
  mutating func next() -> UInt64 { base.next() }
  mutating func split() -> AnyEntropy { AnyEntropy(base: base.split()) }
}
