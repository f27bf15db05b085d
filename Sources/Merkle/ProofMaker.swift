package import Bytes

/// Makes many inclusion proofs of one tree, and remembers what they share.
package struct ProofMaker {
  package let treeSize: UInt64
  /// Roots of subtrees of at least a block.
  private var large: [Range<UInt64>: Digest] = [:]
  /// Roots of smaller ones, of the block that was used last.
  private var small: [Range<UInt64>: Digest] = [:]
  private var block: UInt64 = 0

  package init(treeSize: UInt64) { self.treeSize = treeSize }

  /// The proof of a leaf, from leaf hashes and the stored roots of complete 256-leaf subtrees; nil
  /// if the tree has no such leaf.
  package mutating func proof<Failure>(
    ofLeaf leafIndex: UInt64, leaf: (UInt64) throws(Failure) -> Digest,
    block: (UInt64) throws(Failure) -> Digest
  ) throws(Failure) -> InclusionProof? {
    guard leafIndex < treeSize, treeSize <= Frontier.maxSize else { return nil }
    var leaves = 0..<treeSize
    var path: [Digest] = []
    while leaves.count > 1 {
      let (left, right) = leaves.splitAsTree
      let isLeft = left.contains(leafIndex)
      path.append(try root(of: isLeft ? right : left, leaf: leaf, block: block))
      leaves = isLeft ? left : right
    }
    return InclusionProof(leafIndex: leafIndex, treeSize: treeSize, path: path.reversed())
  }

  private mutating func root<Failure>(
    of leaves: Range<UInt64>, leaf: (UInt64) throws(Failure) -> Digest,
    block: (UInt64) throws(Failure) -> Digest
  ) throws(Failure) -> Digest {
    if let known = known(leaves) { return known }
    let root: Digest
    if leaves.count == 1 {
      root = try leaf(leaves.lowerBound)
    } else if leaves.count == Int(Frontier.blockLeafCount) {
      root = try block(leaves.lowerBound >> UInt64(Frontier.blockLevel))
    } else {
      let (left, right) = leaves.splitAsTree
      root = TreeHash.node(
        try self.root(of: left, leaf: leaf, block: block),
        try self.root(of: right, leaf: leaf, block: block))
    }
    remember(root, leaves)
    return root
  }

  private func known(_ leaves: Range<UInt64>) -> Digest? {
    leaves.count < Int(Frontier.blockLeafCount) ? small[leaves] : large[leaves]
  }

  private mutating func remember(_ root: Digest, _ leaves: Range<UInt64>) {
    guard leaves.count < Int(Frontier.blockLeafCount) else {
      large[leaves] = root
      return
    }
    let block = leaves.lowerBound >> UInt64(Frontier.blockLevel)
    if block != self.block {
      small = [:]
      self.block = block
    }
    small[leaves] = root
  }
}
