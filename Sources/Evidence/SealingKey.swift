internal import Crypto

/// A public X25519 key with its name: only who has the other half reads what is sealed to it.
///
/// Its text is `name+id+base64(type ‖ key)`, as that of a verifier key.
package struct SealingKey: Hashable, Sendable, CustomStringConvertible {
  package let name: KeyName
  /// The key's 32 bytes (RFC 7748).
  package let publicKey: [UInt8]
  private let id: UInt32

  init(name: KeyName, publicKey: [UInt8]) {
    self.name = name
    self.publicKey = publicKey
    id = KeyText.id(name, .x25519, publicKey)
  }

  /// Reads a key's text; errors don't repeat it, for it may be the wrong half.
  package init(_ text: some StringProtocol) throws(EvidenceError) {
    let (name, key) = try KeyText.parsePublic(text, .x25519, what: "sealing key")
    self.init(name: name, publicKey: key)
    guard let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey),
      !key.isWeak
    else { throw EvidenceError(.malformed, "the sealing key of \(name) keeps nothing secret") }
  }

  package var description: String { KeyText.text(prefix: "", name, id, .x25519, publicKey) }

  /// What boxes name it by: `name+id`.
  package var keyID: String { name.text + "+" + KeyText.hex(id) }

  /// The id as eight hexadecimal digits.
  package var idText: String { KeyText.hex(id) }

  /// Encrypts bytes so that they are opened with the other half alone, and in the same context
  /// alone: HPKE (RFC 9180) in base mode.
  ///
  /// - Returns: the encapsulated key (32 bytes), the ciphertext and its tag (16 bytes).
  package func seal(
    _ bytes: ArraySlice<UInt8>, for context: [UInt8]
  ) throws(EvidenceError) -> [UInt8] {
    do {
      let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey)
      var sender = try HPKE.Sender(
        recipientKey: key, ciphersuite: .Curve25519_SHA256_ChachaPoly, info: key.rawRepresentation)
      let sealed = try sender.seal(bytes, authenticating: context)
      return Array(sender.encapsulatedKey) + Array(sealed)
    } catch {
      throw EvidenceError(.malformed, "nothing can be sealed to the key of \(name)")
    }
  }
}

/// The private half of a sealing key.
///
/// It has no description: nothing prints it by accident.
package struct UnsealingKey: Sendable {
  private static let prefix = "PRIVATE+UNSEALING+KEY+"

  private let bytes: [UInt8]
  /// The half that seals.
  package let sealing: SealingKey

  /// A new key.
  package init(name: KeyName) throws(EvidenceError) {
    let bytes = Array(Curve25519.KeyAgreement.PrivateKey().rawRepresentation)
    try self.init(name: name, bytes: bytes)
  }

  /// The key that 32 bytes stand for.
  package init(name: KeyName, bytes: [UInt8]) throws(EvidenceError) {
    do {
      let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
      sealing = SealingKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
    } catch {
      throw EvidenceError(.malformed, "the unsealing key of \(name) is not 32 bytes")
    }
    self.bytes = bytes
  }

  /// Reads `PRIVATE+UNSEALING+KEY+name+id+base64(type ‖ key)`; errors tell nothing of it.
  package init(secretText: some StringProtocol) throws(EvidenceError) {
    let (name, id, bytes) = try KeyText.parse(
      secretText, prefix: Self.prefix, .x25519, what: "unsealing key")
    try self.init(name: name, bytes: bytes)
    guard sealing.idText == KeyText.hex(id) else {
      throw EvidenceError(.malformed, "the unsealing key of \(name) has the id of another key")
    }
  }

  /// The text to keep: whoever has it can read what is sealed.
  package var secretText: String {
    Self.prefix + sealing.keyID + "+" + Base64.encode([KeyText.Algorithm.x25519.type] + bytes)
  }

  /// Decrypts what `SealingKey.seal` gave for the same context.
  ///
  /// - Throws: `EvidenceError` with code `refuted` when it was changed, is of another context or
  ///   was sealed to another key.
  package func open(_ box: [UInt8], for context: [UInt8]) throws(EvidenceError) -> [UInt8] {
    do {
      let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
      let encapsulated = try Curve25519.KeyAgreement.PublicKey(
        rawRepresentation: box.prefix(VerifierKey.byteCount))
      guard !encapsulated.isWeak else { throw EvidenceError(.refuted, "") }
      var recipient = try HPKE.Recipient(
        privateKey: key, ciphersuite: .Curve25519_SHA256_ChachaPoly,
        info: key.publicKey.rawRepresentation, encapsulatedKey: encapsulated.rawRepresentation)
      return Array(
        try recipient.open(box.dropFirst(VerifierKey.byteCount), authenticating: context))
    } catch {
      throw EvidenceError(.refuted, "the box does not open")
    }
  }
}

extension Curve25519.KeyAgreement.PublicKey {
  /// Whether everybody knows what anybody agrees on with it: RFC 9180 refuses such a key (7.1.4),
  /// the library does not.
  fileprivate var isWeak: Bool {
    // The few points that all scalars lead to zero.
    guard let any = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: Array(1...32)),
      let agreed = try? any.sharedSecretFromKeyAgreement(with: self)
    else { return true }
    return unsafe agreed.withUnsafeBytes { unsafe $0.allSatisfy { $0 == 0 } }
  }
}
