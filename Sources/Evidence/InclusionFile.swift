package import Bytes
package import Merkle

/// A proof that can be checked without the log, as c2sp.org/tlog-proof@v1 writes it: where a leaf
/// is in the tree of a signed checkpoint.
package struct InclusionFile: Hashable, Sendable {
  package static let firstLine = "c2sp.org/tlog-proof@v1"
  package static let byteCountMax = 2 << 20
  private static let pathCountMax = 62

  /// What the leaf is the hash of, if it comes along; it proves itself by the leaf only.
  package let extra: [UInt8]?
  package let proof: InclusionProof
  package let checkpoint: SignedCheckpoint

  package init(extra: [UInt8]?, proof: InclusionProof, checkpoint: SignedCheckpoint) {
    self.extra = extra
    self.proof = proof
    self.checkpoint = checkpoint
  }

  /// Whether a text says that it is such a proof.
  package static func isOne(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: Array((firstLine + "\n").utf8))
  }

  /// Reads a proof; nothing in it is checked.
  package init(parsing bytes: [UInt8]) throws(EvidenceError) {
    guard bytes.count <= Self.byteCountMax else {
      throw EvidenceError(.malformed, "the proof is longer than \(Self.byteCountMax) bytes")
    }
    guard Self.isOne(bytes) else {
      throw EvidenceError(.malformed, "the proof does not begin with \(Self.firstLine)")
    }
    var reader = Lines(rest: bytes[...])
    _ = reader.next()
    var line = reader.next()
    if let text = line, text.hasPrefix("extra ") {
      guard let decoded = Base64.decode(text.utf8.dropFirst(6)) else {
        throw EvidenceError(.malformed, "the proof's extra data are not base64")
      }
      extra = decoded
      line = reader.next()
    } else {
      extra = nil
    }
    guard let text = line, text.hasPrefix("index "),
      let index = Checkpoint.number(String(text.dropFirst(6)))
    else { throw EvidenceError(.malformed, "the proof has no index") }
    var path: [Digest] = []
    while let text = reader.next() {
      if text.isEmpty { break }
      guard path.count < Self.pathCountMax, let bytes = Base64.decode(text.utf8),
        let digest = Digest(bytes)
      else { throw EvidenceError(.malformed, "hash \(path.count + 1) of the proof is none") }
      path.append(digest)
    }
    checkpoint = try SignedCheckpoint(parsing: Array(reader.rest))
    proof = InclusionProof(
      leafIndex: index, treeSize: checkpoint.checkpoint.size, path: path)
  }

  /// The proof as text.
  package var encoded: String {
    var lines = [Self.firstLine]
    if let extra { lines.append("extra " + Base64.encode(extra)) }
    lines.append("index \(proof.leafIndex)")
    lines += proof.path.map { Base64.encode($0.bytes) }
    return lines.joined(separator: "\n") + "\n\n" + checkpoint.note.encoded
  }

  /// Checks that the leaf is where the proof says, in the tree of a checkpoint that one of the keys
  /// has signed.
  package func verify(
    leaf: Digest, by keys: [VerifierKey]
  ) throws(EvidenceError) -> SignedNote.Signers {
    let signers = try checkpoint.note.verify(by: keys)
    guard proof.proves(leaf: leaf, root: checkpoint.checkpoint.root) else {
      throw EvidenceError(
        .refuted,
        "the proof does not lead from leaf \(proof.leafIndex) to the checkpoint's root")
    }
    return signers
  }
}

/// Lines of a text, each with its line feed.
private struct Lines {
  var rest: ArraySlice<UInt8>

  /// The next line without its end; nil when there is no whole one.
  mutating func next() -> String? {
    guard let end = rest.firstIndex(of: 0x0A) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }
}
