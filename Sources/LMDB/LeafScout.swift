internal import CLMDB

/// Loads the leaf behind the one that a walk is on, so that the caches have it when the walk comes.
///
/// LMDB fills pages from their end downwards, which the processor's own prefetcher doesn't follow,
/// and a leaf lies wherever there was room: only one in five behind the one before it. A second
/// cursor, one leaf ahead, knows where. What it finds is a hint and nothing else.
@safe struct LeafScout: ~Copyable {
  private var cursor: OpaquePointer?
  /// The page that the walk is on; 0 before the first.
  private var page: UInt = 0

  deinit {
    if let cursor = unsafe cursor { unsafe mdb_cursor_close(cursor) }
  }

  /// Takes note of where a walk is, in pages of the map.
  ///
  /// - Parameter key: a number; those of a leaf follow each other without a gap.
  @inline(__always)
  mutating func follow(_ walk: OpaquePointer, at key: MDB_val) {
    let here = UInt(bitPattern: unsafe key.mv_data) & ~4095
    if here != page { unsafe enter(here, walk, key) }
  }

  private mutating func enter(_ here: UInt, _ walk: OpaquePointer, _ key: MDB_val) {
    let isFirst = page == 0
    page = here
    // Whoever reads a few records has no use for more.
    guard !isFirst, unsafe key.mv_size == 8, let start = unsafe key.mv_data else { return }
    if unsafe cursor == nil {
      let transaction = unsafe mdb_cursor_txn(walk)
      guard unsafe mdb_cursor_open(transaction, mdb_cursor_dbi(walk), &cursor) == MDB_SUCCESS
      else { return }
    }
    let last = unsafe start.loadUnaligned(as: UInt64.self) &+ uetlog_leaf_count(here) &- 1
    var next = unsafe MDB_val()
    var value = unsafe MDB_val()
    let code = unsafe withKey(last) { last in
      let code = unsafe mdb_cursor_get(cursor, &last, &value, MDB_SET_KEY)
      return unsafe code == MDB_SUCCESS ? mdb_cursor_get(cursor, &next, &value, MDB_NEXT) : code
    }
    guard code == MDB_SUCCESS else { return }
    uetlog_prefetch_page(UInt(bitPattern: unsafe next.mv_data) & ~4095)
  }
}
