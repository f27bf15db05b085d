internal import Crypto

/// A public Ed25519 key with its name, as checkers of signed notes get it.
///
/// Its text is `name+id+base64(type ‖ key)`.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
  static let byteCount = 32

  package let name: KeyName
  /// The key's 32 bytes (RFC 8032).
  package let publicKey: [UInt8]
  /// What signatures name it by, besides its name.
  package let id: UInt32

  init(name: KeyName, publicKey: [UInt8]) {
    self.name = name
    self.publicKey = publicKey
    id = KeyText.id(name, .ed25519, publicKey)
  }

  /// Reads a key's text.
  package init(_ text: some StringProtocol) throws(EvidenceError) {
    let (name, key) = try KeyText.parsePublic(text, .ed25519, what: "verifier key")
    self.init(name: name, publicKey: key)
  }

  package var description: String { KeyText.text(prefix: "", name, id, .ed25519, publicKey) }

  /// The id as eight hexadecimal digits.
  package var idText: String { KeyText.hex(id) }

  /// Whether this is the signature of the text by this key.
  package func isSignature(_ signature: [UInt8], of text: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
      return false
    }
    return key.isValidSignature(signature, for: text)
  }
}
