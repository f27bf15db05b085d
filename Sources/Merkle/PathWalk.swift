/// The way from a leaf up to the root, as the algorithms of RFC 9162 (2.1.3.2 and 2.1.4.2) walk it.
struct PathWalk {
  /// The side of the way on which the next sibling lies.
  enum Side { case left, right }

  private var index: UInt64
  private var lastIndex: UInt64

  init(index: UInt64, lastIndex: UInt64) {
    self.index = index
    self.lastIndex = lastIndex
  }

  var isAtRoot: Bool { lastIndex == 0 }

  /// Goes to the next node that has a sibling and past it; nil if the way has ended.
  mutating func climb() -> Side? {
    guard !isAtRoot else { return nil }
    guard index & 1 == 1 || index == lastIndex else {
      goUp()
      return .right
    }
    // The last node of a level without a sibling is the same node one level up.
    while index & 1 == 0, index != 0 { goUp() }
    goUp()
    return .left
  }

  /// Goes up as long as the node is a right child.
  mutating func skipRightEdges() {
    while index & 1 == 1 { goUp() }
  }

  private mutating func goUp() {
    index >>= 1
    lastIndex >>= 1
  }
}

extension Range<UInt64> {
  /// The two subtrees of a tree over at least two leaves: the left one is the largest complete one
  /// that leaves something for the right.
  var splitAsTree: (left: Range<UInt64>, right: Range<UInt64>) {
    let length = upperBound - lowerBound
    let leftLength: UInt64 = 1 << UInt64(63 - (length - 1).leadingZeroBitCount)
    let middle = lowerBound + leftLength
    return (lowerBound..<middle, middle..<upperBound)
  }
}
