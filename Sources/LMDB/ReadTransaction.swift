internal import CLMDB

/// A snapshot: it sees what was committed when it began, and nothing later.
///
/// While it is open the file can't reuse pages: keep it short.
@safe package struct ReadTransaction: Transaction, ~Copyable, ~Escapable {
  package static var seesMapOnly: Bool { true }

  package let handle: TransactionHandle

  @_lifetime(immortal)
  init(in core: EnvironmentCore) throws(LMDBError) {
    let pointer = unsafe try core.begin(flags: UInt32(MDB_RDONLY))
    unsafe handle = TransactionHandle(core: core, pointer: pointer)
  }

  deinit {
    // Unlike an abort, a commit keeps the tables that were opened.
    _ = unsafe mdb_txn_commit(handle.pointer)
    unsafe handle.core.end(handle.pointer)
  }
}
