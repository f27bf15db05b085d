/// A branch or a leaf of a tree, every offset of which is inside it.
struct TreePage {
  /// What stands for one key.
  struct Entry {
    var key: Range<Int>
    /// The bytes of the value, or of what leads to it; empty in a branch.
    var value: Range<Int>
    /// How long the value is, wherever it stands.
    var valueByteCount: UInt64
    var flags: UInt16
    /// The page below; of a branch only.
    var child: UInt64
  }

  static let headerByteCount = 16
  /// The value stands in pages of its own, whose first one is named.
  static let longValue: UInt16 = 1
  /// The value says what tree a table is.
  static let subtree: UInt16 = 2
  private static let entryHeaderByteCount = 8
  private static let branch: UInt16 = 1
  private static let leaf: UInt16 = 2

  let bytes: [UInt8]
  let isLeaf: Bool
  let entries: [Entry]

  init(_ bytes: [UInt8], number: UInt64) throws(PageFault) {
    self.bytes = bytes
    let span = unsafe bytes.span.bytes
    guard let flags = span.integer(UInt16.self, at: 10),
      let lower = span.integer(UInt16.self, at: 12).map({ Int($0) }),
      let upper = span.integer(UInt16.self, at: 14).map({ Int($0) })
    else { throw .bounds }
    guard flags == Self.branch || flags == Self.leaf else { throw .kind(flags: flags) }
    let says = span.integer(UInt64.self, at: 0) ?? 0
    guard says == number else { throw .misplaced(says: says) }
    guard lower > Self.headerByteCount, lower % 2 == 0, lower <= upper, upper <= bytes.count
    else { throw .bounds }
    isLeaf = flags == Self.leaf
    var entries: [Entry] = []
    entries.reserveCapacity((lower - Self.headerByteCount) / 2)
    // LMDB gives entries even places.
    var taken = PageSet(below: UInt64(bytes.count / 2))
    for place in stride(from: Self.headerByteCount, to: lower, by: 2) {
      let index = entries.count
      guard let start = span.integer(UInt16.self, at: place).map({ Int($0) }),
        start >= upper, start % 2 == 0,
        let entry = Self.entry(span, start, isLeaf: isLeaf),
        entry.value.upperBound <= bytes.count
      else { throw .entry(index) }
      let end = (entry.value.upperBound + 1) / 2
      guard taken.insert(UInt64(start / 2)..<UInt64(end)) else { throw .entry(index) }
      entries.append(entry)
    }
    self.entries = entries
  }

  private static func entry(_ span: RawSpan, _ start: Int, isLeaf: Bool) -> Entry? {
    guard let low = span.integer(UInt32.self, at: start),
      let flags = span.integer(UInt16.self, at: start + 4),
      let keyByteCount = span.integer(UInt16.self, at: start + 6)
    else { return nil }
    let key = start + entryHeaderByteCount
    let value = key + Int(keyByteCount)
    let stored = !isLeaf ? 0 : flags & longValue != 0 ? 8 : Int(low)
    return Entry(
      key: key..<value, value: value..<value + stored, valueByteCount: UInt64(low), flags: flags,
      child: isLeaf ? 0 : UInt64(low) | UInt64(flags) << 32)
  }
}
