/// One signature of a note: by whom, and the signature itself.
package struct NoteSignature: Hashable, Sendable {
  package let name: KeyName
  package let keyID: UInt32
  package let signature: [UInt8]

  package init(name: KeyName, keyID: UInt32, signature: [UInt8]) {
    self.name = name
    self.keyID = keyID
    self.signature = signature
  }

  /// The key id and the signature in base64, as notes have them.
  package var base64: String {
    let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) }
    return Base64.encode(id + signature)
  }

  /// Nil when the base64 is not that of a key id and a signature.
  package init?(name: KeyName, base64: some Collection<UInt8>) {
    guard let bytes = Base64.decode(base64), bytes.count > 4 else { return nil }
    self.name = name
    keyID = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    signature = Array(bytes.dropFirst(4))
  }

  /// The signer as people read it.
  package var signer: String { "\(name)+\(KeyText.hex(keyID))" }
}

/// A text with signatures, as c2sp.org/signed-note has it.
package struct SignedNote: Hashable, Sendable {
  package static let byteCountMax = 1 << 20
  package static let signatureCountMax = 100

  /// The text, with its final line feed.
  package let text: String
  package let signatures: [NoteSignature]

  /// A note of a text that ends with a line feed.
  package init(text: String, signatures: [NoteSignature]) {
    self.text = text
    self.signatures = signatures
  }

  /// Reads a note; its signatures are not checked.
  package init(parsing bytes: [UInt8]) throws(EvidenceError) {
    guard bytes.count <= Self.byteCountMax else {
      throw EvidenceError(.malformed, "the note is longer than \(Self.byteCountMax) bytes")
    }
    guard let all = String(validating: bytes, as: UTF8.self),
      bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A })
    else { throw EvidenceError(.malformed, "the note has bytes that no text has") }
    guard let blank = Self.lastBlankLine(bytes) else {
      throw EvidenceError(.malformed, "the note has no blank line between text and signatures")
    }
    text = String(decoding: bytes[..<blank], as: UTF8.self)
    signatures = try Self.signatures(bytes[(blank + 1)...])
    // Bytes that are the same text in another form would be signed by another signature.
    guard encoded.utf8.elementsEqual(all.utf8) else {
      throw EvidenceError(.malformed, "the note is not written as notes are")
    }
  }

  /// Where the last empty line is, behind a line feed.
  private static func lastBlankLine(_ bytes: [UInt8]) -> Int? {
    bytes.indices.dropFirst().last { bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A }
  }

  private static func signatures(
    _ bytes: ArraySlice<UInt8>
  ) throws(EvidenceError) -> [NoteSignature] {
    guard bytes.last == 0x0A else {
      throw EvidenceError(.malformed, "the note's last line has no end")
    }
    let lines = bytes.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count <= signatureCountMax else {
      throw EvidenceError(.malformed, "the note has more than \(signatureCountMax) signatures")
    }
    var signatures: [NoteSignature] = []
    for line in lines {
      guard let signature = signature(line) else {
        throw EvidenceError(
          .malformed, "line \(signatures.count + 1) of the note's signatures is none")
      }
      signatures.append(signature)
    }
    return signatures
  }

  private static func signature(_ line: ArraySlice<UInt8>) -> NoteSignature? {
    let start = Array("\u{2014} ".utf8)
    guard line.starts(with: start) else { return nil }
    let words = line.dropFirst(start.count).split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 2, let name = KeyName(String(decoding: words[0], as: UTF8.self)) else {
      return nil
    }
    return NoteSignature(name: name, base64: words[1])
  }

  /// The note as text.
  package var encoded: String {
    text + "\n" + signatures.map { "\u{2014} \($0.name) \($0.base64)\n" }.joined()
  }
}

extension SignedNote {
  /// Which signatures were checked, and which could not be.
  package struct Signers: Hashable, Sendable {
    /// The keys whose signature was checked; at least one.
    package var verified: [VerifierKey]
    /// Signers whose keys were not given, as `name+id`.
    package var unknown: [String]
  }

  /// Checks the signatures of the given keys; those of others are told and not judged.
  ///
  /// Throws when a signature of a given key is wrong, and when none of them has signed.
  package func verify(by keys: [VerifierKey]) throws(EvidenceError) -> Signers {
    var signers = Signers(verified: [], unknown: [])
    for signature in signatures {
      let key = keys.first { $0.name == signature.name && $0.id == signature.keyID }
      guard let key else {
        signers.unknown.append(signature.signer)
        continue
      }
      guard key.isSignature(signature.signature, of: Array(text.utf8)) else {
        throw EvidenceError(
          .refuted, "the signature of \(signature.signer) is not one of this text")
      }
      if !signers.verified.contains(key) { signers.verified.append(key) }
    }
    guard !signers.verified.isEmpty else {
      throw EvidenceError(
        .unsigned,
        "none of the given keys has signed it: the signers are "
          + signers.unknown.joined(separator: ", "))
    }
    return signers
  }
}
