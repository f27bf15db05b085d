package import Bytes

/// Shows that a tree begins with all leaves of an older one (RFC 9162, section 2.1.4).
package struct ConsistencyProof: Hashable, Sendable {
  package let oldSize: UInt64
  package let newSize: UInt64
  /// The roots from which both trees' roots can be computed, lowest first.
  package let path: [Digest]

  /// A proof from elsewhere; nothing is known about it until it is checked.
  package init(oldSize: UInt64, newSize: UInt64, path: [Digest]) {
    self.oldSize = oldSize
    self.newSize = newSize
    self.path = path
  }

  /// Whether this proves that the tree with `newRoot` extends the one with `oldRoot`.
  package func proves(oldRoot: Digest, newRoot: Digest) -> Bool {
    guard oldSize > 0, oldSize < newSize else {
      // Equal trees need no path; the empty tree is the beginning of every one.
      let rootsAgree = oldSize == newSize ? oldRoot == newRoot : oldRoot == TreeHash.emptyRoot
      return oldSize <= newSize && path.isEmpty && rootsAgree
    }
    // The old root is left out of the path where it is itself a node of the new tree.
    let isNode = oldSize & (oldSize - 1) == 0
    guard let start = isNode ? oldRoot : path.first else { return false }
    var walk = PathWalk(index: oldSize - 1, lastIndex: newSize - 1)
    walk.skipRightEdges()
    var old = start
    var new = start
    for sibling in isNode ? path[...] : path.dropFirst() {
      guard let side = walk.climb() else { return false }
      if side == .left {
        old = TreeHash.node(sibling, old)
        new = TreeHash.node(sibling, new)
      } else {
        new = TreeHash.node(new, sibling)
      }
    }
    return walk.isAtRoot && old == oldRoot && new == newRoot
  }
}

extension ConsistencyProof {
  /// Builds the proof from leaf hashes and the stored roots of complete 256-leaf subtrees; nil if
  /// the older tree is the larger one.
  ///
  /// Reads at most 510 leaves, and each block at most once.
  package init?<Failure>(
    oldSize: UInt64, newSize: UInt64, leaf: (UInt64) throws(Failure) -> Digest,
    block: (UInt64) throws(Failure) -> Digest
  ) throws(Failure) {
    guard oldSize <= newSize, newSize <= Frontier.maxSize else { return nil }
    var leaves = 0..<newSize
    var path: [Digest] = []
    if oldSize > 0 {
      while leaves.upperBound != oldSize {
        let (left, right) = leaves.splitAsTree
        let endsLeft = oldSize <= left.upperBound
        let sibling = try Frontier(of: endsLeft ? right : left, leaf: leaf, block: block)
        path.append(sibling.root)
        leaves = endsLeft ? left : right
      }
      if leaves.lowerBound > 0 {
        path.append(try Frontier(of: leaves, leaf: leaf, block: block).root)
      }
    }
    self.init(oldSize: oldSize, newSize: newSize, path: path.reversed())
  }
}
