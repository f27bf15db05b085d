package import Bytes

/// Shows that a leaf is in a tree (RFC 9162, section 2.1.3).
package struct InclusionProof: Hashable, Sendable {
  package let leafIndex: UInt64
  package let treeSize: UInt64
  /// The roots beside the way from the leaf to the tree's root, lowest first.
  package let path: [Digest]

  /// A proof from elsewhere; nothing is known about it until it is checked.
  package init(leafIndex: UInt64, treeSize: UInt64, path: [Digest]) {
    self.leafIndex = leafIndex
    self.treeSize = treeSize
    self.path = path
  }

  /// Whether this proves that `leaf` is at its index in the tree with this root.
  package func proves(leaf: Digest, root: Digest) -> Bool {
    guard leafIndex < treeSize else { return false }
    var walk = PathWalk(index: leafIndex, lastIndex: treeSize - 1)
    var hash = leaf
    for sibling in path {
      guard let side = walk.climb() else { return false }
      hash = side == .left ? TreeHash.node(sibling, hash) : TreeHash.node(hash, sibling)
    }
    return walk.isAtRoot && hash == root
  }
}

extension InclusionProof {
  /// Builds the proof from leaf hashes and the stored roots of complete 256-leaf subtrees; nil if
  /// the tree has no such leaf.
  ///
  /// Reads at most 510 leaves, and each block at most once.
  package init?<Failure>(
    leafIndex: UInt64, treeSize: UInt64, leaf: (UInt64) throws(Failure) -> Digest,
    block: (UInt64) throws(Failure) -> Digest
  ) throws(Failure) {
    var maker = ProofMaker(treeSize: treeSize)
    guard let proof = try maker.proof(ofLeaf: leafIndex, leaf: leaf, block: block) else {
      return nil
    }
    self = proof
  }
}
