package import Bytes
internal import Merkle

/// What a log claims to be at a size, as c2sp.org/tlog-checkpoint writes it.
package struct Checkpoint: Hashable, Sendable {
  /// More leaves than any log will have.
  package static let sizeMax: UInt64 = 1 << 62

  /// Which log it is of.
  package let origin: String
  /// How many leaves the tree has: the genesis leaf and one for each event.
  package let size: UInt64
  package let root: Digest
  /// Further lines; ours have none.
  package let extensions: [String]

  package init(origin: String, size: UInt64, root: Digest) {
    self.origin = origin
    self.size = size
    self.root = root
    extensions = []
  }

  /// Reads the text of a note.
  package init(text: String) throws(EvidenceError) {
    guard text.utf8.last == 0x0A else {
      throw EvidenceError(.malformed, "the checkpoint's last line has no end")
    }
    let lines = text.utf8.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: Array($0), as: UTF8.self) }
    guard lines.count >= 3, lines.allSatisfy({ !$0.isEmpty }) else {
      throw EvidenceError(.malformed, "a checkpoint has three lines, and none is empty")
    }
    guard let size = Self.number(lines[1]) else {
      throw EvidenceError(.malformed, "the checkpoint's second line is no size of a tree")
    }
    guard let bytes = Base64.decode(lines[2].utf8), let root = Digest(bytes) else {
      throw EvidenceError(.malformed, "the checkpoint's third line is no hash")
    }
    guard size > 0 || root == TreeHash.emptyRoot else {
      throw EvidenceError(.malformed, "the checkpoint has a root for a tree without leaves")
    }
    origin = lines[0]
    self.size = size
    self.root = root
    extensions = Array(lines.dropFirst(3))
  }

  /// The text that is signed.
  package var text: String {
    ([origin, String(size), Base64.encode(root.bytes)] + extensions).joined(separator: "\n") + "\n"
  }

  /// A decimal number without leading zeroes, at most `sizeMax`.
  static func number(_ text: String) -> UInt64? {
    let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isDecimal, text == "0" || text.utf8.first != 0x30, let number = UInt64(text),
      number <= sizeMax
    else { return nil }
    return number
  }
}

/// A checkpoint with its signatures.
package struct SignedCheckpoint: Hashable, Sendable {
  package let checkpoint: Checkpoint
  package let note: SignedNote

  /// Signs a checkpoint.
  package init(_ checkpoint: Checkpoint, by key: SigningKey) throws(EvidenceError) {
    self.checkpoint = checkpoint
    note = SignedNote(text: checkpoint.text, signatures: [try key.sign(checkpoint.text)])
  }

  /// A checkpoint with a signature from elsewhere, which is not checked.
  package init(_ checkpoint: Checkpoint, _ signature: NoteSignature) {
    self.checkpoint = checkpoint
    note = SignedNote(text: checkpoint.text, signatures: [signature])
  }

  /// Reads a signed checkpoint; its signatures are not checked.
  package init(parsing bytes: [UInt8]) throws(EvidenceError) {
    note = try SignedNote(parsing: bytes)
    checkpoint = try Checkpoint(text: note.text)
  }
}
