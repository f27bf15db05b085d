internal import CLMDB

/// One key and its value, borrowed from the map as long as the transaction.
package struct Entry: ~Escapable {
  package let key: RawSpan
  package let value: RawSpan

  @_lifetime(copy key, copy value)
  init(key: RawSpan, value: RawSpan) {
    self.key = key
    self.value = value
  }

  /// The key of an integer table as a number; 0 for a key that is no number.
  package var integerKey: UInt64 {
    guard key.byteCount == 8 else { return 0 }
    return unsafe key.unsafeLoadUnaligned(as: UInt64.self)
  }
}

/// Walks a table in key order.
///
/// Each step returns nil past the end, and throws on a damaged page.
@safe package struct Cursor: ~Copyable, ~Escapable {
  private let handle: OpaquePointer
  private let integerKeys: Bool
  private let prefetching: Bool
  private var scout = LeafScout()

  @_lifetime(immortal)
  init(_ transaction: TransactionHandle, _ table: Table, prefetching: Bool) throws(LMDBError) {
    var cursor: OpaquePointer?
    unsafe try check(mdb_cursor_open(transaction.pointer, table.dbi, &cursor))
    guard let opened = unsafe cursor else { throw .outOfMemory }
    unsafe handle = opened
    integerKeys = table.hasIntegerKeys
    self.prefetching = prefetching
  }

  deinit { unsafe mdb_cursor_close(handle) }

  /// Moves to the first entry.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func first() throws(LMDBError) -> Entry? { try move(MDB_FIRST) }

  /// Moves to the last entry.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func last() throws(LMDBError) -> Entry? { try move(MDB_LAST) }

  /// Moves to the next entry; to the first one if the cursor is nowhere yet.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func next() throws(LMDBError) -> Entry? { try move(MDB_NEXT) }

  /// Moves to the previous entry; to the last one if the cursor is nowhere yet.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func previous() throws(LMDBError) -> Entry? { try move(MDB_PREV) }

  /// The entry that the cursor is at.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func current() throws(LMDBError) -> Entry? { try move(MDB_GET_CURRENT) }

  /// Moves to the first entry whose key is `key` or after it.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func seek(to key: UInt64) throws(LMDBError) -> Entry? {
    guard integerKeys else { throw .incompatible }
    var found = unsafe Found()
    unsafe found.code = withKey(key) { unsafe found.seek(handle, &$0) }
    return unsafe try entry(found)
  }

  /// Moves to the first entry whose key is `key` or after it.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func seek(to key: RawSpan) throws(LMDBError) -> Entry? {
    guard !integerKeys else { throw .incompatible }
    var found = unsafe Found()
    unsafe found.code = withValue(key) { unsafe found.seek(handle, &$0) }
    return unsafe try entry(found)
  }

  /// Moves to the first entry whose key is `key` or after it.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func seek(to key: [UInt8]) throws(LMDBError) -> Entry? {
    unsafe try seek(to: key.span.bytes)
  }

  /// What LMDB answered: a code, and where the entry is if it is 0.
  @unsafe private struct Found {
    var code: Int32 = 0
    var key = unsafe MDB_val()
    var value = unsafe MDB_val()

    /// Looks the first entry up that is not before `wanted`.
    mutating func seek(_ handle: OpaquePointer, _ wanted: inout MDB_val) -> Int32 {
      let code = unsafe mdb_cursor_get(handle, &wanted, &value, MDB_SET_RANGE)
      unsafe key = wanted
      return code
    }
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  @inline(__always)
  private mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Entry? {
    var found = unsafe Found()
    unsafe found.code = mdb_cursor_get(handle, &found.key, &found.value, operation)
    return unsafe try entry(found)
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  @inline(__always)
  private mutating func entry(_ found: Found) throws(LMDBError) -> Entry? {
    guard unsafe found.code != MDB_NOTFOUND else { return nil }
    unsafe try check(found.code)
    if integerKeys {
      guard unsafe found.key.mv_size == 8 else { throw .corrupted }
    }
    if prefetching { unsafe scout.follow(handle, at: found.key) }
    let entry = unsafe Entry(key: bytes(of: found.key), value: bytes(of: found.value))
    return unsafe _overrideLifetime(entry, copying: self)
  }
}
