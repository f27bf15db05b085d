package import Bytes

/// The three hashes of an RFC 9162 tree (section 2.1.1).
package enum TreeHash {
  /// The root of the tree without leaves: the hash of nothing.
  package static let emptyRoot = Hasher256().finalize()

  /// The hash of one leaf's data.
  package static func leaf(_ data: RawSpan) -> Digest {
    var hasher = Hasher256()
    hasher.update(0x00)
    hasher.update(data)
    return hasher.finalize()
  }

  /// The hash of one leaf's data.
  package static func leaf(_ data: [UInt8]) -> Digest { unsafe leaf(data.span.bytes) }

  /// The hash of the node above two others.
  package static func node(_ left: Digest, _ right: Digest) -> Digest {
    var hasher = Hasher256()
    hasher.update(0x01)
    hasher.update(left)
    hasher.update(right)
    return hasher.finalize()
  }

  /// The root over the roots of complete subtrees of one size, whose count is a power of two.
  package static func root(ofComplete subtrees: [Digest]) -> Digest {
    var roots = subtrees
    while roots.count > 1 {
      roots = (0..<roots.count / 2).map { node(roots[2 * $0], roots[2 * $0 + 1]) }
    }
    return roots.first ?? emptyRoot
  }
}
