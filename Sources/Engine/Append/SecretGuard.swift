internal import Bytes
package import Events
internal import Evidence
internal import Glibc
internal import JSON
internal import Pipeline
package import Secrets
internal import Synchronization

/// Finds the secrets of drafts before anything of them is hashed, stored or shown.
package final class SecretGuard: Sendable {
  private let policy: SecretPolicy
  private let identity: LogIdentity
  private let made = Mutex(Made())

  /// What is made when it is first needed.
  private struct Made {
    var masker: Masker?
    var quickLook: QuickLook?
    var quickLookCount = 0
  }

  /// More or longer drafts are worth that the rules are made.
  private static let quickLookCountMax = 16
  private static let quickLookByteCountMax = 4096

  package init(_ policy: SecretPolicy, _ identity: LogIdentity) {
    self.policy = policy
    self.identity = identity
  }

  /// A payload with markers in place of secrets.
  struct Masked {
    var payload: Payload
    var bytes: [UInt8]
    var masks: Masks
    /// To what the payload is sealed as it was; nil when nobody keeps that.
    var sealingKey: SealingKey?
  }

  /// The payload without its secrets; nil when there are none, or nobody minds.
  ///
  /// - Parameter bytes: the payload's tokens, without white space between them.
  /// - Throws: `LogError` with code `secret`: a secret is where it can't be masked, or the mode is
  ///   `block`. The error names the rule and the place, never the secret.
  func masked(
    _ draft: Draft, _ definition: EventDefinition, _ stream: Name, _ bytes: ArraySlice<UInt8>
  ) throws(LogError) -> Masked? {
    let mode = mode(of: draft, definition)
    if case .off = mode { return nil }
    guard let masker = masker(for: draft, bytes) else { return nil }
    try checkTexts(of: draft, masker.scanner)
    guard hasSecret(draft.payload, bytes, masker.scanner) else { return nil }
    if let rule = masker.scanner.findings(in: stream.bytes).first?.rule {
      throw Self.unmaskable(rule, "/stream")
    }
    if case .block = mode {
      throw try Self.blocked(by: masker.scanner, definition, Array(bytes))
    }
    var masked = try Self.mask(Array(bytes), masker)
    if case .seal = mode { masked.sealingKey = try sealingKey }
    return masked
  }

  private var sealingKey: SealingKey {
    get throws(LogError) {
      do throws(EvidenceError) { return try SealingKey(policy.sealingKey ?? "") } catch {
        throw LogError(.settings, "secrets.mode is seal, and there is no key to seal to")
      }
    }
  }

  /// What is done with the secrets of an event of this type.
  private func mode(of draft: Draft, _ definition: EventDefinition) -> SecretMode {
    // Reactions are made of what is stored already, inside of the lock.
    if draft.flags.contains(.reaction) { return .off }
    switch policy.mode {
    case .off: return .off
    case .block: return .block
    case .mask, .seal: break
    }
    switch definition.type {
    // A signature and public keys.
    case .checkpoint_sealed: return .off
    // A masked schema is another one.
    case .schema_registered: return .block
    case .patch_created:
      // A masked diff can't be applied, unless somebody can have the one that it was.
      if case .mask = policy.mode { return .block }
      return .seal
    default: return policy.mode
    }
  }

  var masker: Masker { made.withLock { masker(&$0) } }

  /// A masker that also knows other values, with the same markers.
  func masker(_ literals: [SecretLiteral]) -> Masker {
    literals.isEmpty
      ? masker : masker.knowing(SecretScanner(literals: policy.literals + literals))
  }

  /// Nil when nothing of a draft needs a closer look.
  private func masker(for draft: Draft, _ bytes: ArraySlice<UInt8>) -> Masker? {
    made.withLock { made in
      guard made.masker == nil, made.quickLookCount < Self.quickLookCountMax,
        bytes.count <= Self.quickLookByteCountMax
      else { return masker(&made) }
      made.quickLookCount += 1
      let look = made.quickLook ?? QuickLook(literals: policy.literals)
      made.quickLook = look
      let isClean =
        !hidesText(bytes) && !look.mayFind(in: bytes.span)
        && !draft.hasText { look.mayFind(in: $0) }
      return isClean ? nil : masker(&made)
    }
  }

  private func masker(_ made: inout Made) -> Masker {
    if let masker = made.masker { return masker }
    // Not the secret itself, which keys other digests.
    let key = Digest.sha256(of: Array("uetlog/mask/v1".utf8) + identity.secret.bytes).bytes
    let masker = Masker(scanner: scanner, key: key)
    made.masker = masker
    return masker
  }

  private var scanner: SecretScanner {
    policy.literals.isEmpty ? .shared : SecretScanner(literals: policy.literals)
  }
}

extension SecretGuard {
  /// Refuses secrets in texts beside the payload: those are looked for as they are.
  private func checkTexts(of draft: Draft, _ scanner: SecretScanner) throws(LogError) {
    guard draft.hasText(where: { scanner.mayFind(in: $0) }) else { return }
    try check(draft.source, "/source", scanner)
    try check(draft.key, "/key", scanner)
    try check(draft.correlationID, "/correlation_id", scanner)
    for label in draft.labels {
      try check(label.key, "/labels", scanner)
      let name = Array(label.key.utf8)
      guard
        let finding = scanner.findings(in: Array(label.value.utf8), memberName: name).first
      else { continue }
      throw Self.unmaskable(finding.rule, "/labels/" + JSONDocument.pointerStep(label.key))
    }
  }

  private func check(
    _ text: String?, _ pointer: String, _ scanner: SecretScanner
  ) throws(LogError) {
    guard let text, !text.isEmpty else { return }
    if let finding = scanner.findings(in: Array(text.utf8)).first {
      throw Self.unmaskable(finding.rule, pointer)
    }
  }

  /// Whether something is found in the payload.
  private func hasSecret(
    _ payload: Payload, _ bytes: ArraySlice<UInt8>, _ scanner: SecretScanner
  ) -> Bool {
    guard hidesText(bytes) || scanner.mayFind(in: bytes.span) else { return false }
    let document = payload.document
    var isFound = false
    document.forEachText(of: payload.node) { text in
      guard !isFound else { return }
      let name = text.name.flatMap { document.stringBytes($0) }
      isFound = !scanner.findings(in: document.textBytes(text.node), memberName: name).isEmpty
    }
    return isFound
  }

  /// Whether there are escapes behind which something may be hidden.
  ///
  /// What must be escaped, quotes and control characters, is in no keyword behind its first byte,
  /// but may be in the user's values: so the bytes as they are will do, and one pass over them.
  private func hidesText(_ bytes: ArraySlice<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in
      var index = 0
      while index + 1 < bytes.count, let base = bytes.baseAddress,
        let found = unsafe memchr(base + index, 0x5C, bytes.count - index - 1)
      {
        let place = unsafe UnsafeRawPointer(found) - base
        let escape = unsafe bytes[place + 1]
        if escape == UInt8(ascii: "u") || escape == UInt8(ascii: "/") { return true }
        if !policy.literals.isEmpty { return true }
        index = place + 2
      }
      return false
    }
  }

  private static func mask(_ bytes: [UInt8], _ masker: Masker) throws(LogError) -> Masked {
    let document = try document(bytes)
    var notes: [MaskNote] = []
    var refusal: LogError?
    let out = document.replacingStrings { text, content in
      let name = text.name.flatMap { document.stringBytes($0) }
      guard !text.isKey, document.kind(text.node) == .string else {
        if let finding = masker.scanner.findings(in: content, memberName: name).first {
          refusal = refusal ?? unmaskable(finding.rule, pointer(to: text, in: document))
        }
        return nil
      }
      return masker.mask(
        content, memberName: name, pointer: document.pointer(to: text.node), notes: &notes)
    }
    if let refusal { throw refusal }
    guard let out, let payload = Payload(out) else {
      throw LogError(.system, "a payload is no JSON after masking")
    }
    return Masked(payload: payload, bytes: out, masks: Masks(notes))
  }

  /// The refusal for the first secret of a payload.
  private static func blocked(
    by scanner: SecretScanner, _ definition: EventDefinition, _ bytes: [UInt8]
  ) throws(LogError) -> LogError {
    let document = try document(bytes)
    var found: (rule: String, pointer: String)?
    document.forEachText(of: document.root) { text in
      guard found == nil else { return }
      let name = text.name.flatMap { document.stringBytes($0) }
      let findings = scanner.findings(in: document.textBytes(text.node), memberName: name)
      found = findings.first.map { ($0.rule, pointer(to: text, in: document)) }
    }
    let why =
      switch definition.type {
      case .patch_created: "nothing of a patch is masked: its diff could not be applied then"
      case .schema_registered: "a schema with a marker in it is another one"
      default: "secrets.mode is block"
      }
    return refusal("the rule \(found?.rule ?? "") found a secret, and \(why)", found?.pointer ?? "")
  }

  /// Where a text is, by names that are no secrets themselves.
  static func pointer(to text: JSONText, in document: JSONDocument) -> String {
    text.isKey ? document.parentPointer(of: text.node) : document.pointer(to: text.node)
  }

  private static func document(_ bytes: [UInt8]) throws(LogError) -> JSONDocument {
    do { return try JSONDocument(parsing: bytes) } catch {
      throw LogError(.system, "a payload is no JSON without its white space")
    }
  }

  /// The refusal of a secret that no marker can take the place of.
  static func unmaskable(_ rule: String, _ pointer: String) -> LogError {
    refusal("the rule \(rule) found a secret where it can't be masked", pointer)
  }

  private static func refusal(_ message: String, _ pointer: String) -> LogError {
    LogError(
      .secret, message, pointer: pointer,
      hint: "Nothing was stored: take the secret out. If it is none, UETLOG_SECRETS_MODE=off "
        + "stores this one event as it is")
  }
}

extension Masks {
  private static let pointerByteCountMax = 255

  /// The notes as envelopes keep them.
  init(_ notes: [MaskNote]) {
    self.init()
    count = UInt16(clamping: notes.count)
    self.notes = notes.prefix(Self.noteCountMax).map { note in
      Note(
        rule: note.rule, pointer: Self.shortened(note.pointer),
        start: UInt32(clamping: note.range.lowerBound),
        byteCount: UInt8(clamping: note.range.count), length: note.length.index)
    }
  }

  /// A pointer that is short enough to be kept: of what the place is in, if need be.
  static func shortened(_ pointer: String) -> String {
    var pointer = pointer
    while pointer.utf8.count > pointerByteCountMax {
      pointer = pointer.lastIndex(of: "/").map { String(pointer[..<$0]) } ?? ""
    }
    return pointer
  }
}

extension Draft {
  /// Whether one of the texts that a caller gave beside the payload is such.
  func hasText(where isSuch: (Span<UInt8>) -> Bool) -> Bool {
    if isSuch(source.utf8.span) { return true }
    if let key, isSuch(key.utf8.span) { return true }
    if let correlationID, isSuch(correlationID.utf8.span) { return true }
    for label in labels where isSuch(label.key.utf8.span) || isSuch(label.value.utf8.span) {
      return true
    }
    return false
  }
}
