internal import Bytes
internal import Merkle
import Testing

@Suite struct ProofTests {
  @Test func `every inclusion proof up to 64 leaves is as defined and holds`() throws {
    let tree = ReferenceTree(size: 64)
    for size in 1...64 {
      let root = tree.root(0..<size)
      for index in 0..<size {
        let proof = try inclusion(of: index, in: size, tree)
        #expect(proof.path == tree.inclusionPath(index, 0..<size))
        #expect(proof.proves(leaf: tree.leaves[index], root: root))
      }
    }
  }

  @Test func `every consistency proof up to 64 leaves is as defined and holds`() throws {
    let tree = ReferenceTree(size: 64)
    let roots = (0...64).map { tree.root(0..<$0) }
    for newSize in 0...64 {
      for oldSize in 0...newSize {
        let proof = try consistency(from: oldSize, to: newSize, tree)
        if oldSize > 0 { #expect(proof.path == tree.consistencyPath(oldSize, 0..<newSize)) }
        #expect(proof.proves(oldRoot: roots[oldSize], newRoot: roots[newSize]))
      }
    }
  }

  @Test(arguments: [1, 2, 3])
  func `proofs in larger trees hold and are those of the definition`(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    let tree = ReferenceTree(size: 3000)
    for _ in 0..<20 {
      let size = Int.random(in: 257...3000, using: &numbers)
      let index = Int.random(in: 0..<size, using: &numbers)
      let oldSize = Int.random(in: 1...size, using: &numbers)
      let root = tree.root(0..<size)
      let inclusion = try inclusion(of: index, in: size, tree)
      #expect(inclusion.path == tree.inclusionPath(index, 0..<size), "seed \(seed)")
      #expect(inclusion.proves(leaf: tree.leaves[index], root: root), "seed \(seed)")
      let consistency = try consistency(from: oldSize, to: size, tree)
      #expect(consistency.path == tree.consistencyPath(oldSize, 0..<size), "seed \(seed)")
      #expect(
        consistency.proves(oldRoot: tree.root(0..<oldSize), newRoot: root), "seed \(seed)")
    }
  }

  @Test func `a proof reads at most 510 leaves and each block once`() throws {
    let tree = ReferenceTree(size: 2559)
    for index in [0, 255, 256, 1500, 2303, 2304, 2558] {
      var leafReads = 0
      var blocks: [UInt64] = []
      let proof = InclusionProof(leafIndex: UInt64(index), treeSize: 2559) { index in
        leafReads += 1
        return tree.leaf(index)
      } block: { index in
        blocks.append(index)
        return tree.block(index)
      }
      #expect(proof != nil)
      #expect(leafReads <= 510, "leaf \(index)")
      #expect(Set(blocks).count == blocks.count, "leaf \(index)")
    }
  }

  @Test func `a changed bit anywhere breaks an inclusion proof`() throws {
    let tree = ReferenceTree(size: 21)
    let root = tree.root(0..<21)
    for index in [0, 7, 16, 20] {
      let proof = try inclusion(of: index, in: 21, tree)
      let leaf = tree.leaves[index]
      for bit in 0..<256 {
        #expect(!proof.proves(leaf: leaf.flipping(bit: bit), root: root))
        #expect(!proof.proves(leaf: leaf, root: root.flipping(bit: bit)))
        for step in proof.path.indices {
          var path = proof.path
          path[step] = path[step].flipping(bit: bit)
          let forged = InclusionProof(leafIndex: UInt64(index), treeSize: 21, path: path)
          #expect(!forged.proves(leaf: leaf, root: root))
        }
      }
    }
  }

  @Test func `an inclusion proof holds for no other index and no other length`() throws {
    let tree = ReferenceTree(size: 21)
    let root = tree.root(0..<21)
    for index in 0..<21 {
      let path = try inclusion(of: index, in: 21, tree).path
      let leaf = tree.leaves[index]
      for other in 0..<UInt64(40) where other != index {
        let moved = InclusionProof(leafIndex: other, treeSize: 21, path: path)
        #expect(!moved.proves(leaf: leaf, root: root))
      }
      for altered in [path + [root], Array(path.dropLast()), Array(path.dropFirst()), []] {
        let forged = InclusionProof(leafIndex: UInt64(index), treeSize: 21, path: altered)
        #expect(!forged.proves(leaf: leaf, root: root))
      }
    }
    let empty = InclusionProof(leafIndex: 0, treeSize: 0, path: [])
    #expect(!empty.proves(leaf: root, root: root))
  }

  @Test func `a changed bit anywhere breaks a consistency proof`() throws {
    let tree = ReferenceTree(size: 21)
    let newRoot = tree.root(0..<21)
    for oldSize in [1, 6, 8, 16, 19, 20, 21] {
      let proof = try consistency(from: oldSize, to: 21, tree)
      let oldRoot = tree.root(0..<oldSize)
      for bit in 0..<256 {
        #expect(!proof.proves(oldRoot: oldRoot.flipping(bit: bit), newRoot: newRoot))
        #expect(!proof.proves(oldRoot: oldRoot, newRoot: newRoot.flipping(bit: bit)))
        for step in proof.path.indices {
          var path = proof.path
          path[step] = path[step].flipping(bit: bit)
          let forged = ConsistencyProof(oldSize: UInt64(oldSize), newSize: 21, path: path)
          #expect(!forged.proves(oldRoot: oldRoot, newRoot: newRoot))
        }
      }
    }
  }

  @Test func `a rewritten history is consistent with no older root`() throws {
    let tree = ReferenceTree(size: 40)
    for changed in [0, 3, 17, 29] {
      var rewritten = tree
      rewritten.leaves[changed] = rewritten.leaves[changed].flipping(bit: 5)
      for oldSize in changed + 1...40 {
        let proof = try consistency(from: oldSize, to: 40, rewritten)
        #expect(
          !proof.proves(oldRoot: tree.root(0..<oldSize), newRoot: rewritten.root(0..<40)))
      }
    }
  }

  @Test func `a consistency proof with a missing, extra or absent path fails`() throws {
    let tree = ReferenceTree(size: 21)
    let newRoot = tree.root(0..<21)
    for oldSize in 1..<21 {
      let path = try consistency(from: oldSize, to: 21, tree).path
      let oldRoot = tree.root(0..<oldSize)
      for altered in [path + [newRoot], Array(path.dropLast()), Array(path.dropFirst()), []] {
        let forged = ConsistencyProof(oldSize: UInt64(oldSize), newSize: 21, path: altered)
        #expect(!forged.proves(oldRoot: oldRoot, newRoot: newRoot), "from \(oldSize)")
      }
    }
    let backwards = ConsistencyProof(oldSize: 21, newSize: 20, path: [])
    #expect(!backwards.proves(oldRoot: newRoot, newRoot: newRoot))
    let fromNothing = ConsistencyProof(oldSize: 0, newSize: 21, path: [])
    #expect(fromNothing.proves(oldRoot: TreeHash.emptyRoot, newRoot: newRoot))
    #expect(!fromNothing.proves(oldRoot: newRoot, newRoot: newRoot))
  }

  @Test func `no proof is made for what is not in the tree`() {
    let tree = ReferenceTree(size: 5)
    #expect(InclusionProof(leafIndex: 5, treeSize: 5, leaf: tree.leaf, block: tree.block) == nil)
    #expect(InclusionProof(leafIndex: 0, treeSize: 0, leaf: tree.leaf, block: tree.block) == nil)
    #expect(ConsistencyProof(oldSize: 6, newSize: 5, leaf: tree.leaf, block: tree.block) == nil)
  }

  func inclusion(of index: Int, in size: Int, _ tree: ReferenceTree) throws -> InclusionProof {
    try #require(
      InclusionProof(
        leafIndex: UInt64(index), treeSize: UInt64(size), leaf: tree.leaf, block: tree.block))
  }

  func consistency(
    from oldSize: Int, to newSize: Int, _ tree: ReferenceTree
  ) throws -> ConsistencyProof {
    try #require(
      ConsistencyProof(
        oldSize: UInt64(oldSize), newSize: UInt64(newSize), leaf: tree.leaf, block: tree.block))
  }
}
