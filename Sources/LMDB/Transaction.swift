internal import CLMDB
internal import Synchronization

/// An open transaction of LMDB, for the extensions of this module.
@safe package struct TransactionHandle {
  let core: EnvironmentCore
  let pointer: OpaquePointer
}

/// What read and write transactions have in common: reading.
///
/// Spans and cursors borrow their transaction: they can't outlive it, and nothing can be put while
/// they are in use.
package protocol Transaction: ~Copyable, ~Escapable {
  /// The transaction as LMDB knows it.
  var handle: TransactionHandle { get }
  /// Whether all pages it sees are in the map: a writer has some of its own.
  static var seesMapOnly: Bool { get }
}

extension Transaction where Self: ~Copyable, Self: ~Escapable {
  /// The transaction's number: of the snapshot when reading, of the commit to be when writing.
  package var id: UInt64 { unsafe UInt64(mdb_txn_id(handle.pointer)) }

  /// The value stored under the number `key`, or nil if there is none.
  @_lifetime(borrow self)
  package borrowing func get(_ table: Table, _ key: UInt64) throws(LMDBError) -> RawSpan? {
    try table.expectIntegerKeys(true)
    let pointer = unsafe handle.pointer
    var found = unsafe MDB_val()
    let code = unsafe withKey(key) { key in unsafe mdb_get(pointer, table.dbi, &key, &found) }
    guard code != MDB_NOTFOUND else { return nil }
    try check(code)
    return unsafe _overrideLifetime(bytes(of: found), borrowing: self)
  }

  /// The value stored under the bytes `key`, or nil if there is none.
  ///
  /// - Parameter cursor: one that is kept in `table` by this transaction.
  @_lifetime(borrow self)
  package borrowing func get(
    _ table: Table, key: RawSpan, through cursor: KeptCursor? = nil
  ) throws(LMDBError) -> RawSpan? {
    try table.expectIntegerKeys(false)
    let pointer = unsafe handle.pointer
    var found = unsafe MDB_val()
    let code = unsafe withValue(key) { key in
      if let cursor {
        unsafe mdb_cursor_get(cursor.pointer, &key, &found, MDB_SET)
      } else {
        unsafe mdb_get(pointer, table.dbi, &key, &found)
      }
    }
    guard code != MDB_NOTFOUND else { return nil }
    try check(code)
    return unsafe _overrideLifetime(bytes(of: found), borrowing: self)
  }

  /// The value stored under the bytes `key`, or nil if there is none.
  @_lifetime(borrow self)
  package borrowing func get(_ table: Table, key: [UInt8]) throws(LMDBError) -> RawSpan? {
    unsafe try get(table, key: key.span.bytes)
  }

  /// The largest key of an integer table, or nil if the table is empty.
  package borrowing func lastKey(_ table: Table) throws(LMDBError) -> UInt64? {
    try table.expectIntegerKeys(true)
    var cursor = try cursor(table)
    return try cursor.last()?.integerKey
  }

  /// Walks `table` in key order.
  ///
  /// `prefetching` pays when many numbers are read that follow each other without gaps.
  @_lifetime(borrow self)
  package borrowing func cursor(
    _ table: Table, prefetching: Bool = false
  ) throws(LMDBError) -> Cursor {
    let cursor = try Cursor(
      handle, table, prefetching: prefetching && Self.seesMapOnly)
    return unsafe _overrideLifetime(cursor, borrowing: self)
  }

  /// The shape of `table` as this transaction sees it.
  package borrowing func statistics(of table: Table) throws(LMDBError) -> TableStatistics {
    var statistics = MDB_stat()
    unsafe try check(mdb_stat(handle.pointer, table.dbi, &statistics))
    return TableStatistics(
      entries: Int(clamping: statistics.ms_entries), depth: Int(clamping: statistics.ms_depth),
      branchPages: Int(clamping: statistics.ms_branch_pages),
      leafPages: Int(clamping: statistics.ms_leaf_pages),
      overflowPages: Int(clamping: statistics.ms_overflow_pages))
  }

  /// Opens the table `name`, nil for the main one.
  ///
  /// Throws `notFound` if it is missing, `incompatible` if its keys are of the other kind, and
  /// `busy` while another transaction of this process opens tables.
  package borrowing func openTable(
    _ name: String?, integerKeys: Bool
  ) throws(LMDBError) -> Table {
    try openTable(name, flags: integerKeys ? UInt32(MDB_INTEGERKEY) : 0)
  }

  borrowing func openTable(_ name: String?, flags: UInt32) throws(LMDBError) -> Table {
    let handle = handle
    let address = UInt(bitPattern: unsafe handle.pointer)
    let (_, opener) = handle.core.tableOpener.compareExchange(
      expected: 0, desired: address, ordering: .acquiringAndReleasing)
    guard opener == 0 || opener == address else { throw .busy }
    var dbi: UInt32 = 0
    unsafe try check(mdb_dbi_open(handle.pointer, name, flags, &dbi))
    var actual: UInt32 = 0
    unsafe try check(mdb_dbi_flags(handle.pointer, dbi, &actual))
    let integerKeys = UInt32(MDB_INTEGERKEY)
    guard actual & ~integerKeys == 0, (actual ^ flags) & integerKeys == 0 else {
      throw .incompatible
    }
    return Table(dbi: dbi, hasIntegerKeys: actual & integerKeys != 0)
  }
}
