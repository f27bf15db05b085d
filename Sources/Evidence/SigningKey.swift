internal import Crypto

/// A private Ed25519 key with its name.
///
/// It has no description: nothing prints it by accident.
package struct SigningKey: Sendable {
  private static let prefix = "PRIVATE+KEY+"

  private let seed: [UInt8]
  /// The key that checks what this one signs.
  package let verifier: VerifierKey

  /// A new key.
  package init(name: KeyName) throws(EvidenceError) {
    try self.init(name: name, seed: Array(Curve25519.Signing.PrivateKey().rawRepresentation))
  }

  /// The key that 32 bytes stand for.
  package init(name: KeyName, seed: [UInt8]) throws(EvidenceError) {
    let publicKey: [UInt8]
    do {
      publicKey = Array(
        try Curve25519.Signing.PrivateKey(rawRepresentation: seed).publicKey.rawRepresentation)
    } catch {
      throw EvidenceError(.malformed, "the signing key of \(name) is not 32 bytes")
    }
    self.seed = seed
    verifier = VerifierKey(name: name, publicKey: publicKey)
  }

  /// Reads `PRIVATE+KEY+name+id+base64(type ‖ seed)`; errors tell nothing of it.
  package init(secretText: some StringProtocol) throws(EvidenceError) {
    let (name, id, seed) = try KeyText.parse(
      secretText, prefix: Self.prefix, .ed25519, what: "signing key")
    try self.init(name: name, seed: seed)
    guard verifier.id == id else {
      throw EvidenceError(.malformed, "the signing key of \(name) has the id of another key")
    }
  }

  /// The text to keep: whoever has it can sign.
  package var secretText: String {
    KeyText.text(prefix: Self.prefix, verifier.name, verifier.id, .ed25519, seed)
  }

  /// The signature of a note's text.
  package func sign(_ text: String) throws(EvidenceError) -> NoteSignature {
    do {
      let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
      let signature = try key.signature(for: Array(text.utf8))
      return NoteSignature(
        name: verifier.name, keyID: verifier.id, signature: Array(signature))
    } catch {
      throw EvidenceError(.malformed, "the signing key of \(verifier.name) can't sign")
    }
  }
}
