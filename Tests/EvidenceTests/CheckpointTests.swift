internal import Bytes
internal import Evidence
internal import Merkle
import Testing

@Suite struct CheckpointTests {
  static let root = Digest(bytes(hex: String(repeating: "0f", count: 32))) ?? Digest()
  static let text = "uetlog/x\n7\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n"

  @Test func `the example of the specification is read and written as it stands`() throws {
    let text =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    let note =
      text
      + "\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    let signed = try SignedCheckpoint(parsing: note.bytes)
    #expect(signed.checkpoint.origin == "example.com/behind-the-sofa")
    #expect(signed.checkpoint.size == 20_852_163)
    #expect(signed.checkpoint.text == text)
    #expect(signed.note.encoded == note)
  }

  @Test func `text and value are the same thing`() throws {
    let checkpoint = Checkpoint(origin: "uetlog/x", size: 7, root: Self.root)
    #expect(checkpoint.text == Self.text)
    #expect(try Checkpoint(text: Self.text) == checkpoint)
    let extended = Self.text + "more\n"
    #expect(try Checkpoint(text: extended).extensions == ["more"])
    #expect(try Checkpoint(text: extended).text == extended)
  }

  @Test(arguments: [
    "", "\n", "o\n7\n", "\n7\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n",
    "o\n07\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n",
    "o\n-7\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n",
    "o\n+7\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n",
    "o\n4611686018427387905\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n",
    "o\n18446744073709551616\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n",
    "o\n0\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n", "o\n7\nDw8P\n",
    "o\n7\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=\n\nx\n",
    "o\n7\nDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=",
  ])
  func `what is no checkpoint is refused`(text: String) {
    #expect(failure { () throws(EvidenceError) in _ = try Checkpoint(text: text) } == .malformed)
  }

  @Test func `the largest size is read, and so is an empty tree`() throws {
    let largest = Checkpoint(origin: "o", size: Checkpoint.sizeMax, root: Self.root)
    #expect(try Checkpoint(text: largest.text) == largest)
    let empty = Checkpoint(origin: "o", size: 0, root: TreeHash.emptyRoot)
    #expect(try Checkpoint(text: empty.text) == empty)
  }
}

@Suite struct InclusionFileTests {
  private let key: SigningKey
  private let leaves: [Digest]

  init() throws {
    key = try SigningKey(secretText: KnownNote.secret)
    leaves = (0..<9).map { TreeHash.leaf([UInt8($0)]) }
  }

  private func root(_ range: ArraySlice<Digest>) -> Digest {
    var frontier = Frontier()
    for leaf in range { frontier.append(leaf) }
    return frontier.root
  }

  private func file(_ index: UInt64, extra: [UInt8]? = nil) throws -> InclusionFile {
    let proof = try #require(
      InclusionProof(
        leafIndex: index, treeSize: 9, leaf: { leaves[Int($0)] }, block: { _ in Digest() }))
    let checkpoint = Checkpoint(origin: "PeterNeumann", size: 9, root: root(leaves[...]))
    return InclusionFile(
      extra: extra, proof: proof, checkpoint: try SignedCheckpoint(checkpoint, by: key))
  }

  @Test(arguments: 0..<9)
  func `every leaf of a tree is proved where it is, and nowhere else`(index: Int) throws {
    let written = try file(UInt64(index), extra: index == 3 ? nil : [UInt8(index)])
    let text = written.encoded
    let read = try InclusionFile(parsing: text.bytes)
    #expect(read == written)
    #expect(read.encoded == text)
    #expect(try read.verify(leaf: leaves[index], by: [key.verifier]).verified == [key.verifier])
    for other in leaves.indices where other != index {
      #expect(!read.proof.proves(leaf: leaves[other], root: read.checkpoint.checkpoint.root))
      let moved = try InclusionFile(
        parsing: text.replacing("index \(index)\n", with: "index \(other)\n").bytes)
      #expect(!moved.proof.proves(leaf: leaves[index], root: read.checkpoint.checkpoint.root))
    }
    let other = leaves[(index + 1) % 9]
    #expect(
      failure { () throws(EvidenceError) in _ = try read.verify(leaf: other, by: [key.verifier]) }
        == .refuted)
  }

  @Test func `no changed byte passes`() throws {
    let good = try file(5, extra: [1, 2, 3]).encoded.bytes
    for index in good.indices {
      var bytes = good
      bytes[index] ^= 0x01
      let code = failure { () throws(EvidenceError) in
        let file = try InclusionFile(parsing: bytes)
        guard file.extra == [1, 2, 3] else { throw EvidenceError(.refuted, "another leaf") }
        _ = try file.verify(leaf: leaves[5], by: [key.verifier])
      }
      #expect(code != nil, "byte \(index)")
    }
  }

  @Test func `no truncated proof passes`() throws {
    let good = try file(5, extra: [1, 2, 3]).encoded.bytes
    for count in 0..<good.count {
      let code = failure { () throws(EvidenceError) in
        _ = try InclusionFile(parsing: Array(good.prefix(count)))
      }
      #expect(code == .malformed, "\(count) bytes")
    }
  }
}
