internal import Bytes
internal import Merkle

/// The definitions of RFC 9162 written down as they stand, slow and plain.
struct ReferenceTree {
  /// Leaf hashes.
  var leaves: [Digest]

  /// Leaves whose data are their own numbers.
  init(size: Int) {
    leaves = (0..<size).map { index in TreeHash.leaf(Array("leaf \(index)".utf8)) }
  }

  init(leaves: [Digest]) { self.leaves = leaves }

  /// Section 2.1.1.
  func root(_ range: Range<Int>) -> Digest {
    if range.isEmpty { return TreeHash.emptyRoot }
    if range.count == 1 { return leaves[range.lowerBound] }
    let middle = range.lowerBound + split(range.count)
    return TreeHash.node(
      root(range.lowerBound..<middle), root(middle..<range.upperBound))
  }

  /// Section 2.1.3.1.
  func inclusionPath(_ index: Int, _ range: Range<Int>) -> [Digest] {
    if range.count == 1 { return [] }
    let k = split(range.count)
    let left = range.lowerBound..<range.lowerBound + k
    let right = range.lowerBound + k..<range.upperBound
    return index < k
      ? inclusionPath(index, left) + [root(right)]
      : inclusionPath(index - k, right) + [root(left)]
  }

  /// Section 2.1.4.1, with the old tree's size relative to the range.
  func consistencyPath(_ oldSize: Int, _ range: Range<Int>, oldRootIsKnown: Bool = true)
    -> [Digest]
  {
    if oldSize == range.count { return oldRootIsKnown ? [] : [root(range)] }
    let k = split(range.count)
    let left = range.lowerBound..<range.lowerBound + k
    let right = range.lowerBound + k..<range.upperBound
    return oldSize <= k
      ? consistencyPath(oldSize, left, oldRootIsKnown: oldRootIsKnown) + [root(right)]
      : consistencyPath(oldSize - k, right, oldRootIsKnown: false) + [root(left)]
  }

  /// The largest power of two below `count`.
  private func split(_ count: Int) -> Int {
    var k = 1
    while k * 2 < count { k *= 2 }
    return k
  }

  /// A leaf hash, as a log would give it.
  func leaf(_ index: UInt64) -> Digest { leaves[Int(index)] }

  /// The root of a complete subtree of 256 leaves, as a log would have stored it.
  func block(_ index: UInt64) -> Digest {
    let start = Int(index) * 256
    precondition(start + 256 <= leaves.count, "block \(index) isn't complete")
    return root(start..<start + 256)
  }
}

/// Reads hexadecimal digits.
func bytes(hex: String) -> [UInt8] {
  let digits = hex.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { index in
    UInt8(digits[index] * 16 + digits[index + 1])
  }
}

func digest(_ hex: String) -> Digest { Digest(bytes(hex: hex)) ?? Digest() }

extension Digest {
  /// The digest with one bit changed.
  func flipping(bit: Int) -> Digest {
    var copy = bytes
    copy[bit / 8 % 32] ^= 1 << UInt8(bit % 8)
    return Digest(copy) ?? self
  }
}

/// A seeded source of numbers (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
