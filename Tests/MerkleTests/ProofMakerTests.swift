internal import Bytes
internal import Merkle
import Testing

/// Proofs that share what they need are those that are made one by one.
@Suite struct ProofMakerTests {
  private let tree = ReferenceTree(size: 1300)

  @Test(arguments: [1, 2, 3, 255, 256, 257, 511, 512, 700, 1024, 1300])
  func `every proof is the one of the definition`(size: Int) throws {
    var maker = ProofMaker(treeSize: UInt64(size))
    let step = size < 300 ? 1 : 7
    let forwards = Array(stride(from: 0, to: size, by: step))
    // Backwards once more: what is remembered of other blocks must not be mixed up.
    for index in forwards + forwards.reversed().filter({ $0 % 3 == 0 }) {
      let made = maker.proof(ofLeaf: UInt64(index), leaf: tree.leaf, block: tree.block)
      let proof = try #require(made)
      #expect(proof.path == tree.inclusionPath(index, 0..<size), "leaf \(index)")
      #expect(proof.proves(leaf: tree.leaves[index], root: tree.root(0..<size)))
    }
  }

  @Test func `each block is read once, and a leaf once in its block`() throws {
    var maker = ProofMaker(treeSize: 1300)
    var leaves: [UInt64: Int] = [:]
    var blocks: [UInt64: Int] = [:]
    for index in UInt64(300)..<400 {
      _ = maker.proof(ofLeaf: index) { index in
        leaves[index, default: 0] += 1
        return tree.leaf(index)
      } block: { block in
        blocks[block, default: 0] += 1
        return tree.block(block)
      }
    }
    #expect(blocks.values.allSatisfy { $0 == 1 })
    // The leaves at the tree's end are no block: they are remembered as one root, until the first
    // leaf of another block comes.
    #expect(leaves.filter { (256..<512).contains($0.key) }.values.allSatisfy { $0 <= 2 })
  }

  @Test func `there is no proof of a leaf that is not there`() {
    var maker = ProofMaker(treeSize: 5)
    for index in [5, UInt64.max] {
      let proof = maker.proof(ofLeaf: index, leaf: tree.leaf, block: tree.block)
      #expect(proof == nil)
    }
  }
}
