/// What the file says of a tree beside its pages (`MDB_db`): twice in a meta page, and as the value
/// of each table's name.
struct TreeRecord: Hashable, Sendable {
  static let byteCount = 48
  /// A key is a number of eight bytes.
  static let integerKeys: UInt16 = 0x08
  /// LMDB's cursors have room for so many levels.
  static let depthMax: UInt16 = 32

  let flags: UInt16
  /// The levels from the root to the leaves; 0 without any.
  let depth: UInt16
  let branchPages: UInt64
  let leafPages: UInt64
  /// Pages of values that are too long for a leaf.
  let longPages: UInt64
  let entries: UInt64
  /// The number of the first page; `MetaPage.noRoot` without any.
  let root: UInt64

  /// Takes the bytes from `offset` on, whatever they are; missing ones are zero.
  init(_ bytes: RawSpan, at offset: Int) {
    flags = bytes.integer(UInt16.self, at: offset + 4) ?? 0
    depth = bytes.integer(UInt16.self, at: offset + 6) ?? 0
    branchPages = bytes.integer(UInt64.self, at: offset + 8) ?? 0
    leafPages = bytes.integer(UInt64.self, at: offset + 16) ?? 0
    longPages = bytes.integer(UInt64.self, at: offset + 24) ?? 0
    entries = bytes.integer(UInt64.self, at: offset + 32) ?? 0
    root = bytes.integer(UInt64.self, at: offset + 40) ?? 0
  }

  /// Whether depth and root go together.
  var isPossible: Bool {
    root == MetaPage.noRoot ? depth == 0 : (1...Self.depthMax).contains(depth)
  }
}
