internal import Bytes
internal import EventLog
internal import Events
internal import Merkle
internal import TestSupport
import Testing

@Suite struct TreeTests {
  private func root(_ leaves: ArraySlice<Digest>) -> Digest {
    var frontier = Frontier()
    for leaf in leaves { frontier.append(leaf) }
    return frontier.root
  }

  @Test func `the head's root is that of all leaves, and complete subtrees are stored`() throws {
    let bench = try Bench(.lmdb)
    // The genesis leaf is one of the first 256.
    for count in [254, 1, 1, 255, 1, 513] {
      try bench.append(
        all: (0..<count).map { #"{"type":"thing_noted","payload":{"id":"\#($0 % 20)"}}"# })
      let dump = try bench.dump()
      #expect(dump.leaves.count == Int(dump.head.frontier.size))
      #expect(dump.head.frontier.root == dump.recomputedRoot)
      for block in 0...(dump.leaves.count / 256) {
        let leaves = dump.leaves.dropFirst(block * 256).prefix(256)
        let expected = leaves.count == 256 ? root(leaves) : nil
        #expect(dump.subtreeRoots[UInt64(block)] == expected, "block \(block)")
      }
    }
  }

  @Test func `the genesis leaf binds the log's id`() throws {
    let other = LogIdentity(id: ULID(high: 1, low: 2), secret: Bench.identity.secret)
    #expect(other.genesisLeaf != Bench.identity.genesisLeaf)
    // Its preimage is fixed for ever.
    let preimage = Array("uetlog/genesis/v1".utf8) + Bench.identity.id.bytes
    #expect(Bench.identity.genesisLeaf == Digest.sha256(of: [0] + preimage))
  }

  @Test func `a changed envelope is another leaf`() throws {
    let bench = try Bench(.lmdb)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    let dump = try bench.dump()
    var envelope = try #require(dump.events.first).envelope
    envelope.source = "forged"
    let bytes = try #require(envelope.encoded())
    #expect(TreeHash.leaf(bytes) != dump.leaves[1])
  }
}
