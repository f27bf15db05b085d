package import Events
internal import JSON
internal import Pipeline
internal import Schema
package import Secrets
internal import Synchronization

extension Engine {
  /// What finds secrets in stored payloads, and makes the markers that appends make.
  ///
  /// - Parameter literals: further values that are secrets.
  package func masker(_ literals: [SecretLiteral] = []) -> Masker {
    preparer.withLock { $0.secrets }.masker(literals)
  }

  /// What redacting an event comes to: for its sealed copy, if there is one, and for itself; empty
  /// when there is nothing to take out, or no more.
  ///
  /// - Throws: `LogError` with code `secret` when something of the secret is where it can't be
  ///   taken out, or what follows from the event would be another without it.
  package func planRedaction(
    of event: Event, _ scope: RedactionScope, _ masker: Masker
  ) throws(LogError) -> [Redaction] {
    if event.envelope.type == EventType.payload_sealed.name {
      return try planRedaction(ofSealedCopy: event, scope)
    }
    guard let redaction = try planRedaction(ofEventItself: event, scope, masker) else { return [] }
    var unit = ReadEvent(reference: .id(SealedCopy.eventID(of: event.envelope.eventID)))
    let copy = try log.read(&unit).flatMap { Redaction(ofSealedCopy: $0) }
    // The copy first: if only one is carried out, the event is still one to redact.
    return (copy.map { [$0] } ?? []) + [redaction]
  }

  /// A sealed copy has nothing but its box to take out, and nobody finds anything in that.
  private func planRedaction(
    ofSealedCopy event: Event, _ scope: RedactionScope
  ) throws(LogError) -> [Redaction] {
    guard case .pointers(let pointers) = scope else { return [] }
    guard pointers == [SealedCopy.boxPointer] else {
      throw LogError(
        .badInput, "of a \(event.envelope.type) only the box can be redacted",
        expected: SealedCopy.boxPointer, pointer: pointers.first)
    }
    return Redaction(ofSealedCopy: event).map { [$0] } ?? []
  }

  private func planRedaction(
    ofEventItself event: Event, _ scope: RedactionScope, _ masker: Masker
  ) throws(LogError) -> Redaction? {
    // Signatures and public keys are no secrets.
    let type = EventType(named: event.envelope.type)
    if case .findings = scope, type == .checkpoint_sealed { return nil }
    if case .findings = scope, let found = event.envelope.place(of: masker.scanner) {
      throw Self.inEnvelope(event, found)
    }
    guard let bytes = event.payload else {
      if case .findings = scope { return nil }
      throw LogError(.badInput, "the payload at position \(event.position) is gone already")
    }
    guard let before = Payload(bytes) else {
      throw LogError(.corruption, "the payload at position \(event.position) is not JSON")
    }
    guard let redacted = try RedactedPayload(before.document, scope, masker) else { return nil }
    if type == .checkpoint_sealed || type == .schema_registered || type == .payload_redacted {
      throw LogError(
        .secret, "a \(event.envelope.type) is what it is only as it was stored",
        pointer: redacted.masks.first?.pointer, hint: Self.advice)
    }
    if let found = event.envelope.place(of: redacted.secrets) {
      throw Self.inEnvelope(event, found)
    }
    guard let after = Payload(redacted.bytes) else {
      throw LogError(.system, "a payload is no JSON after masking")
    }
    try check(event, before, after, redacted.masks)
    return Redaction(
      position: event.position, eventID: event.envelope.eventID, type: event.envelope.type,
      masks: redacted.masks, secrets: redacted.secrets, before: bytes, after: redacted.bytes)
  }

  /// Carries redactions out, in one transaction.
  ///
  /// The bytes are still in pages that the file no longer uses: only compacting it removes them.
  ///
  /// - Returns: the receipts of the events that say so.
  package func redact(
    _ redactions: [Redaction], reason: String, operator: String?, _ options: AppendOptions
  ) throws(LogError) -> [Receipt] {
    let drafts = try redactions.map { redaction throws(LogError) in
      if redaction.isQuoted(in: [reason, `operator` ?? ""] + redaction.masks.map(\.pointer)) {
        throw LogError(
          .secret, "the reason, the operator or a member's name quotes what is to be taken out",
          hint: "Nothing was changed: say it in other words")
      }
      return try prepare(redaction.draft(reason: reason, operator: `operator`))
    }
    var unit = RedactUnit(
      redactions: redactions,
      append: AppendUnit(
        drafts, isAtomic: true, isDryRun: options.isDryRun,
        preparer: preparer.withLock { $0.split() }, rules: rules, clock: clock))
    return try log.write(waitNanoseconds: options.waitNanoseconds, &unit)
  }

  /// What to do about a secret that stays.
  private static var advice: String {
    "Nothing was changed. Revoke the secret; to be rid of it, change the lines of "
      + "`uetlog replay --format jsonl` and append them to a new log"
  }

  private static func inEnvelope(_ event: Event, _ pointer: String) -> LogError {
    LogError(
      .secret,
      "the secret is in the envelope at position \(event.position), which proofs are made of",
      pointer: pointer, hint: advice)
  }

  /// Throws unless all that is made of the event stays what it is.
  private func check(
    _ event: Event, _ before: Payload, _ after: Payload, _ masks: [Redaction.Mask]
  ) throws(LogError) {
    guard let definition = try catalog.definition(event.envelope.type) else { return }
    func violates(_ payload: Payload) -> Bool {
      definition.schema.firstViolation(in: payload.document, at: payload.node) != nil
    }
    let what =
      if violates(after), !violates(before) {
        "the schema of \(definition.name) does not allow a marker there"
      } else {
        try RedactedFold(event, definition, catalog).change(before, after, in: log)
      }
    guard let what else { return }
    throw LogError(.secret, what, pointer: masks.first?.pointer, hint: Self.advice)
  }
}

extension Envelope {
  /// Where one of some secrets is; nil for nowhere.
  ///
  /// Very short ones are not looked for.
  fileprivate func place(of secrets: [[UInt8]]) -> String? {
    place { text, _ in secrets.contains { $0.isQuoted(in: text) } }
  }

  /// Where a scanner finds something; nil for nowhere.
  fileprivate func place(of scanner: SecretScanner) -> String? {
    place { text, name in !scanner.findings(in: text, memberName: name).isEmpty }
  }

  /// The place of the first text for which `isFound` is true.
  private func place(_ isFound: ([UInt8], [UInt8]?) -> Bool) -> String? {
    if isFound(stream.bytes, nil) { return "/stream" }
    if isFound(Array(source.utf8), nil) { return "/source" }
    if let key, isFound(Array(key.utf8), nil) { return "/key" }
    if let correlationID, isFound(Array(correlationID.utf8), nil) { return "/correlation_id" }
    for label in labels {
      let name = Array(label.key.utf8)
      if isFound(name, nil) { return "/labels" }
      if isFound(Array(label.value.utf8), name) {
        return "/labels/" + JSONDocument.pointerStep(label.key)
      }
    }
    return nil
  }
}

extension Event {
  /// Where a scanner finds something, but for what stands at the places of markers: in the envelope
  /// or the payload.
  package func places(of scanner: SecretScanner) -> [String] {
    var places = envelope.place(of: scanner).map { [$0] } ?? []
    guard let payload = payload.flatMap({ Payload($0) }) else { return places }
    let document = payload.document
    document.forEachText(of: document.root) { text in
      let found = scanner.findings(in: document.textBytes(text.node))
      guard !found.isEmpty else { return }
      places.append(scanner.erasing(SecretGuard.pointer(to: text, in: document)))
    }
    return places
  }
}

extension Redaction {
  /// Whether one of the texts has something that is taken out.
  fileprivate func isQuoted(in texts: [String]) -> Bool {
    texts.contains { text in
      let text = Array(text.utf8)
      return secrets.contains { $0.isQuoted(in: text) }
    }
  }
}

extension [UInt8] {
  private static var quotedByteCountMin: Int { 6 }

  /// Whether these bytes, if they are not very few, are somewhere in a text.
  fileprivate func isQuoted(in text: [UInt8]) -> Bool {
    guard let first, count >= Self.quotedByteCountMin, count <= text.count else { return false }
    return (0...text.count - count).contains { start in
      text[start] == first && text[start..<start + count].elementsEqual(self)
    }
  }
}
