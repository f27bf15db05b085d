internal import Bytes

/// The common form of the texts of keys: `prefix name+id+base64(type ‖ 32 bytes)`.
enum KeyText {
  static let byteCountMax = 512

  /// What a key is made for.
  struct Algorithm {
    /// The type byte in texts.
    let type: UInt8
    let name: String

    /// The signature type that c2sp.org/signed-note gives to it.
    static let ed25519 = Algorithm(type: 1, name: "Ed25519")
    /// No signature: the number that RFC 9180 gives to key agreement with it.
    static let x25519 = Algorithm(type: 0x20, name: "X25519")
  }

  /// What a key is named by, besides its name: from its public half.
  static func id(_ name: KeyName, _ algorithm: Algorithm, _ publicKey: [UInt8]) -> UInt32 {
    let hashed = Array(name.text.utf8) + [0x0A, algorithm.type] + publicKey
    return UInt32(truncatingIfNeeded: Digest.sha256(of: hashed).prefix64 >> 32)
  }

  static func text(
    prefix: String, _ name: KeyName, _ id: UInt32, _ algorithm: Algorithm, _ key: [UInt8]
  ) -> String {
    prefix + name.text + "+" + hex(id) + "+" + Base64.encode([algorithm.type] + key)
  }

  /// - Parameter what: what the text should be, for messages; they never repeat the text.
  static func parse(
    _ text: some StringProtocol, prefix: String, _ algorithm: Algorithm, what: String
  ) throws(EvidenceError) -> (name: KeyName, id: UInt32, key: [UInt8]) {
    guard text.utf8.count <= byteCountMax, text.hasPrefix(prefix) else {
      throw EvidenceError(.malformed, "the text is no \(what)")
    }
    // Base64 has plus signs too, names and ids have none.
    let parts = text.dropFirst(prefix.count).split(
      separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let name = KeyName(parts[0]), let id = id(parts[1]),
      let bytes = Base64.decode(parts[2].utf8), let type = bytes.first
    else { throw EvidenceError(.malformed, "the text is no \(what)") }
    guard type == algorithm.type else {
      throw EvidenceError(
        .malformed,
        "the \(what) of \(name) is of type \(type), and only \(algorithm.name) "
          + "(\(algorithm.type)) is known")
    }
    guard bytes.count == 1 + VerifierKey.byteCount else {
      throw EvidenceError(.malformed, "the \(what) of \(name) does not have 32 bytes")
    }
    return (name, id, Array(bytes.dropFirst()))
  }

  /// Reads a public key, whose id must be the one that follows from it.
  static func parsePublic(
    _ text: some StringProtocol, _ algorithm: Algorithm, what: String
  ) throws(EvidenceError) -> (name: KeyName, key: [UInt8]) {
    let (name, id, key) = try parse(text, prefix: "", algorithm, what: what)
    guard id == self.id(name, algorithm, key) else {
      throw EvidenceError(.malformed, "the \(what) of \(name) has the id of another key")
    }
    return (name, key)
  }

  static func hex(_ id: UInt32) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func id(_ text: some StringProtocol) -> UInt32? {
    let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    return isHex && text.utf8.count == 8 ? UInt32(text, radix: 16) : nil
  }
}
