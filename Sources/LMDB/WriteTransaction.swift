internal import CLMDB
internal import Glibc
internal import Synchronization

/// A cursor that stays open as long as its write transaction.
@safe package struct KeptCursor {
  let pointer: OpaquePointer
}

/// The one writer.
///
/// What it put is gone again unless `commit` returns.
@safe package struct WriteTransaction: Transaction, ~Copyable, ~Escapable {
  /// Values beyond this hit short writes that old versions of LMDB don't notice (ITS#9223).
  package static let maxValueBytes = 64 << 20

  package static var seesMapOnly: Bool { false }

  package let handle: TransactionHandle
  private var isOver = false
  /// The cursors that are kept, by table; LMDB closes them with the transaction.
  private var cursors: [OpaquePointer?] = unsafe []

  @_lifetime(immortal)
  init(in core: EnvironmentCore) throws(LMDBError) {
    // The lock would wait for this very thread.
    let thread = UInt(pthread_self())
    guard core.writerThread.load(ordering: .relaxed) != thread else { throw .wouldDeadlock }
    handle = unsafe TransactionHandle(core: core, pointer: try core.begin(flags: 0))
    core.writerThread.store(thread, ordering: .relaxed)
  }

  deinit {
    guard !isOver else { return }
    handle.core.writerThread.store(0, ordering: .relaxed)
    unsafe mdb_txn_abort(handle.pointer)
    unsafe handle.core.end(handle.pointer)
  }

  /// Makes everything that was put durable and visible.
  ///
  /// After `mapFull` nothing was written. After any other error the outcome is unknown: reopen the
  /// log and look.
  package consuming func commit() throws(LMDBError) {
    isOver = true
    let core = handle.core
    core.writerThread.store(0, ordering: .relaxed)
    let code = unsafe mdb_txn_commit(handle.pointer)
    if code == MDB_SUCCESS { core.coverLastPage() }
    unsafe core.end(handle.pointer)
    try check(code)
  }
}

extension WriteTransaction {
  /// Keeps a cursor in `table` from now on: what lies next to the last place is found without a
  /// walk from the root.
  @_lifetime(self: copy self)
  @discardableResult
  package mutating func keepCursor(in table: Table) throws(LMDBError) -> KeptCursor {
    var cursor: OpaquePointer?
    unsafe try check(mdb_cursor_open(handle.pointer, table.dbi, &cursor))
    guard let cursor = unsafe cursor else { throw .outOfMemory }
    let place = Int(table.dbi)
    while unsafe cursors.count <= place { unsafe cursors.append(nil) }
    unsafe cursors[place] = cursor
    return unsafe KeptCursor(pointer: cursor)
  }

  private borrowing func cursor(in table: Table) -> OpaquePointer? {
    let place = Int(table.dbi)
    return unsafe place < cursors.count ? cursors[place] : nil
  }

  private borrowing func put(
    _ table: Table, _ key: inout MDB_val, _ value: inout MDB_val, _ flags: UInt32
  ) -> Int32 {
    if let cursor = unsafe cursor(in: table) {
      unsafe mdb_cursor_put(cursor, &key, &value, flags)
    } else {
      unsafe mdb_put(handle.pointer, table.dbi, &key, &value, flags)
    }
  }

  /// Opens the table `name`, nil for the main one, and creates it if `create` is set.
  @_lifetime(self: copy self)
  package mutating func openTable(
    _ name: String?, integerKeys: Bool, create: Bool
  ) throws(LMDBError) -> Table {
    let kind = integerKeys ? UInt32(MDB_INTEGERKEY) : 0
    return try openTable(name, flags: create ? kind | UInt32(MDB_CREATE) : kind)
  }

  /// Stores `value` under the number `key`.
  ///
  /// `append` is faster for a key above all others and throws `keyExist` for any other;
  /// `noOverwrite` throws `keyExist` for a key that is taken.
  @_lifetime(self: copy self)
  package mutating func put(
    _ table: Table, key: UInt64, value: RawSpan, append: Bool = false, noOverwrite: Bool = false
  ) throws(LMDBError) {
    try table.expectIntegerKeys(true)
    let flags = try Self.putFlags(value, append: append, noOverwrite: noOverwrite)
    try check(
      unsafe withKey(key) { key in
        unsafe withValue(value) { value in unsafe put(table, &key, &value, flags) }
      })
  }

  /// Stores `value` under the bytes `key`, as above.
  @_lifetime(self: copy self)
  package mutating func put(
    _ table: Table, key: RawSpan, value: RawSpan, append: Bool = false, noOverwrite: Bool = false
  ) throws(LMDBError) {
    try table.expectIntegerKeys(false)
    let flags = try Self.putFlags(value, append: append, noOverwrite: noOverwrite)
    try check(
      unsafe withValue(key) { key in
        unsafe withValue(value) { value in unsafe put(table, &key, &value, flags) }
      })
  }

  /// Removes the number `key`, and returns whether it was there.
  @_lifetime(self: copy self)
  @discardableResult
  package mutating func delete(_ table: Table, key: UInt64) throws(LMDBError) -> Bool {
    try table.expectIntegerKeys(true)
    let pointer = unsafe handle.pointer
    let code = unsafe withKey(key) { key in unsafe mdb_del(pointer, table.dbi, &key, nil) }
    guard code != MDB_NOTFOUND else { return false }
    try check(code)
    return true
  }

  /// Removes the bytes `key`, and returns whether they were there.
  @_lifetime(self: copy self)
  @discardableResult
  package mutating func delete(_ table: Table, key: RawSpan) throws(LMDBError) -> Bool {
    try table.expectIntegerKeys(false)
    let pointer = unsafe handle.pointer
    let code = unsafe withValue(key) { key in unsafe mdb_del(pointer, table.dbi, &key, nil) }
    guard code != MDB_NOTFOUND else { return false }
    try check(code)
    return true
  }

  private static func putFlags(
    _ value: RawSpan, append: Bool, noOverwrite: Bool
  ) throws(LMDBError) -> UInt32 {
    guard value.byteCount <= maxValueBytes else { throw .badValueSize }
    return (append ? UInt32(MDB_APPEND) : 0) | (noOverwrite ? UInt32(MDB_NOOVERWRITE) : 0)
  }
}

extension WriteTransaction {
  /// Stores `value` under the number `key`, as above.
  @_lifetime(self: copy self)
  package mutating func put(
    _ table: Table, key: UInt64, value: [UInt8], append: Bool = false, noOverwrite: Bool = false
  ) throws(LMDBError) {
    unsafe try put(
      table, key: key, value: value.span.bytes, append: append, noOverwrite: noOverwrite)
  }

  /// Stores `value` under the bytes `key`, as above.
  @_lifetime(self: copy self)
  package mutating func put(
    _ table: Table, key: [UInt8], value: [UInt8], append: Bool = false, noOverwrite: Bool = false
  ) throws(LMDBError) {
    unsafe try put(
      table, key: key.span.bytes, value: value.span.bytes, append: append,
      noOverwrite: noOverwrite)
  }

  /// Removes the bytes `key`, and returns whether they were there.
  @_lifetime(self: copy self)
  @discardableResult
  package mutating func delete(_ table: Table, key: [UInt8]) throws(LMDBError) -> Bool {
    unsafe try delete(table, key: key.span.bytes)
  }
}
