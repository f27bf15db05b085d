/// How far the walk of one tree is, and what it has counted.
struct TreeWalk {
  let owner: PageOwner
  let record: TreeRecord
  var branchPages: UInt64 = 0
  var leafPages: UInt64 = 0
  var longPages: UInt64 = 0
  var entries: UInt64 = 0
  /// Part of the tree was not seen: its counts mean nothing.
  var isBroken = false
  /// The last key, in a tree whose keys are numbers.
  private(set) var lastNumber: UInt64 = 0
  private var lastKey: [UInt8] = []
  private var isLastOfBranch = true

  private static let keyByteCountMax = 511

  init(_ owner: PageOwner, _ record: TreeRecord) {
    self.owner = owner
    self.record = record
  }

  /// Goes on to the next key, in the order of the leaves; that of a branch may be the next leaf's
  /// own.
  mutating func advance(
    to key: ArraySlice<UInt8>, at index: Int, isLeaf: Bool
  ) throws(PageFault) {
    let isOwn = isLeaf && isLastOfBranch
    if record.flags & TreeRecord.integerKeys != 0 {
      guard key.count == 8 else { throw .order(index) }
      let number = key.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard lastKey.isEmpty || lastNumber < number || isOwn && lastNumber == number else {
        throw .order(index)
      }
      lastNumber = number
    } else {
      guard (1...Self.keyByteCountMax).contains(key.count),
        lastKey.lexicographicallyPrecedes(key) || isOwn && lastKey.elementsEqual(key)
      else { throw .order(index) }
    }
    lastKey.removeAll(keepingCapacity: true)
    lastKey.append(contentsOf: key)
    isLastOfBranch = !isLeaf
  }

  /// What the tree says to have and does not.
  var countFaults: [PageFault] {
    [
      ("branches", record.branchPages, branchPages), ("leaves", record.leafPages, leafPages),
      ("pages of long values", record.longPages, longPages),
      ("entries", record.entries, entries),
    ].filter { $0.1 != $0.2 }.map { .count($0.0, says: $0.1, found: $0.2) }
  }
}
