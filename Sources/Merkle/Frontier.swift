package import Bytes

/// The roots of the complete subtrees that a tree of `size` leaves falls into, largest first.
///
/// They are all that appending and the root of the whole tree need.
package struct Frontier: Hashable, Sendable {
  /// The leaves of the complete subtrees whose roots are worth storing.
  package static let blockLeafCount: UInt64 = 1 << blockLevel
  static let blockLevel = 8
  /// More than any log will hold, and few enough that no sum of sizes overflows.
  static let maxSize: UInt64 = 1 << 62

  /// How many leaves the tree has.
  package private(set) var size: UInt64
  private var peaks: [Digest]

  /// The tree without leaves.
  package init() {
    size = 0
    peaks = []
  }

  /// Adds a leaf's hash, and returns the root of the 256-leaf subtree that it completed, if it did.
  ///
  /// That subtree has the number `size / 256 - 1`, and the caller stores its root for proofs.
  @discardableResult
  package mutating func append(_ leaf: Digest) -> Digest? { append(leaf, level: 0) }

  /// Adds the root of a complete 256-leaf subtree; `size` must be a multiple of 256.
  package mutating func append(block root: Digest) { append(root, level: Self.blockLevel) }

  /// Adds the root of a complete subtree of `1 << level` leaves, of which `size` is a multiple.
  @discardableResult
  mutating func append(_ subtree: Digest, level: Int) -> Digest? {
    var root = subtree
    var block = level == Self.blockLevel ? root : nil
    let added: UInt64 = 1 << UInt64(level)
    var level = level
    while size >> UInt64(level) & 1 == 1, let left = peaks.popLast() {
      root = TreeHash.node(left, root)
      level += 1
      if level == Self.blockLevel { block = root }
    }
    peaks.append(root)
    size += added
    return block
  }

  /// The root of the whole tree.
  package var root: Digest {
    guard var root = peaks.last else { return TreeHash.emptyRoot }
    for left in peaks.dropLast().reversed() { root = TreeHash.node(left, root) }
    return root
  }
}

extension Frontier {
  /// The frontier as bytes: the size, big-endian, and the roots.
  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + peaks.count * Digest.byteCount)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: size >> shift))
    }
    for peak in peaks { bytes.append(contentsOf: peak.bytes) }
    return bytes
  }

  /// Reads what `encoded` wrote, or returns nil for anything else.
  package init?(encoded: RawSpan) {
    guard encoded.byteCount >= 8 else { return nil }
    size = UInt64(
      bigEndian: unsafe encoded.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self))
    let count = size.nonzeroBitCount
    guard size <= Self.maxSize, encoded.byteCount == 8 + count * Digest.byteCount else {
      return nil
    }
    peaks = []
    for index in 0..<count {
      let start = 8 + index * Digest.byteCount
      guard let peak = Digest(encoded.extracting(start..<start + Digest.byteCount)) else {
        return nil
      }
      peaks.append(peak)
    }
  }

  /// Reads what `encoded` wrote, or returns nil for anything else.
  package init?(encoded: [UInt8]) { unsafe self.init(encoded: encoded.span.bytes) }
}

extension Frontier {
  /// The frontier of the tree's first `size` leaves, from leaf hashes and the stored roots of
  /// complete 256-leaf subtrees.
  package init<Failure>(
    size: UInt64, leaf: (UInt64) throws(Failure) -> Digest,
    block: (UInt64) throws(Failure) -> Digest
  ) throws(Failure) {
    try self.init(of: 0..<size, leaf: leaf, block: block)
  }

  /// The frontier of a range whose start is a multiple of a power of two not below its length.
  init<Failure>(
    of leaves: Range<UInt64>, leaf: (UInt64) throws(Failure) -> Digest,
    block: (UInt64) throws(Failure) -> Digest
  ) throws(Failure) {
    self.init()
    var next = leaves.lowerBound
    while leaves.upperBound - next >= Self.blockLeafCount {
      append(try block(next >> UInt64(Self.blockLevel)), level: Self.blockLevel)
      next += Self.blockLeafCount
    }
    while next < leaves.upperBound {
      append(try leaf(next))
      next += 1
    }
  }
}
