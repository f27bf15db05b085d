internal import CLMDB
internal import Glibc
internal import Synchronization

/// An open LMDB environment: the directory that holds one `data.mdb`.
///
/// A process can have a file open once. The value is a reference: the environment closes when its
/// last copy and its transactions are gone. Transactions borrow a copy, so a class that keeps one
/// begins them on a local: `let environment = environment`.
package struct Environment: Sendable {
  let core: EnvironmentCore

  /// Opens the environment in the directory `path`, and creates its files if they are missing.
  ///
  /// Throws `alreadyOpen` if this process has it open.
  package init(path: String, options: EnvironmentOptions = EnvironmentOptions()) throws(LMDBError) {
    core = try EnvironmentCore(path: path, options: options)
  }

  /// Begins a snapshot of the newest committed state.
  ///
  /// Throws `mapResized` if another process grew the file while other transactions are open here.
  @available(*, noasync, message: "a transaction stays on one thread")
  @_lifetime(borrow self)
  package borrowing func beginRead() throws(LMDBError) -> ReadTransaction {
    try ReadTransaction(in: core)
  }

  /// Begins the one write transaction, after that of any other process or thread.
  ///
  /// Throws `wouldDeadlock` if this thread has one already.
  @available(*, noasync, message: "a transaction stays on one thread")
  @_lifetime(borrow self)
  package borrowing func beginWrite() throws(LMDBError) -> WriteTransaction {
    try WriteTransaction(in: core)
  }

  /// Changes the size of the map; 0 takes the size that another process gave the file.
  ///
  /// Throws `transactionsOpen` while this process has transactions, and `outOfMemory` if the
  /// address space has no room; the map stays as it was then.
  package borrowing func setMapSize(_ bytes: Int) throws(LMDBError) {
    try core.resize(to: bytes, own: 0)
  }

  /// Writes everything committed to the disk.
  package borrowing func sync(force: Bool = true) throws(LMDBError) {
    unsafe try check(mdb_env_sync(core.handle, force ? 1 : 0))
  }

  /// Frees the slots of readers that died, and returns how many there were.
  @discardableResult
  package borrowing func staleReaders() throws(LMDBError) -> Int {
    try core.clearStaleReaders()
  }

  /// The descriptor of the data file; LMDB owns it.
  package var fileDescriptor: Int32 {
    var descriptor: Int32 = -1
    _ = unsafe mdb_env_get_fd(core.handle, &descriptor)
    return descriptor
  }
}

/// What LMDB tells about an open environment.
package struct EnvironmentInfo: Hashable, Sendable {
  /// The bytes reserved in the address space: how far the file can grow.
  package let mapSize: Int
  /// The number of the last page in use.
  package let lastPage: Int
  /// The number of the last committed transaction.
  package let lastTransactionID: UInt64
  /// How many snapshots can be open at once, in all processes.
  package let maxReaders: Int
  /// How many slots of the reader table have been used.
  package let readers: Int
  /// The bytes of a page.
  package let pageSize: Int
}

extension Environment {
  /// The sizes and counters of the environment as they are now.
  package borrowing func info() throws(LMDBError) -> EnvironmentInfo {
    try core.gate.enter()
    defer { core.gate.leave() }
    var info = unsafe MDB_envinfo()
    unsafe try check(mdb_env_info(core.handle, &info))
    var statistics = MDB_stat()
    unsafe try check(mdb_env_stat(core.handle, &statistics))
    return unsafe EnvironmentInfo(
      mapSize: Int(clamping: info.me_mapsize), lastPage: Int(clamping: info.me_last_pgno),
      lastTransactionID: UInt64(info.me_last_txnid), maxReaders: Int(clamping: info.me_maxreaders),
      readers: Int(clamping: info.me_numreaders), pageSize: Int(clamping: statistics.ms_psize))
  }

  /// Writes a snapshot as `data.mdb` into the empty directory `path`, and to the disk.
  ///
  /// A compact copy leaves out free pages, and with them what was deleted. Only the owner can read
  /// it.
  package borrowing func copy(to path: String, compact: Bool) throws(LMDBError) {
    try core.gate.enter()
    defer { core.gate.leave() }
    unsafe try check(mdb_env_copy2(core.handle, path, compact ? UInt32(MDB_CP_COMPACT) : 0))
    guard unsafe chmod(path + "/data.mdb", 0o600) == 0 else { throw .lastSystemError }
    try Self.sync(path: path + "/data.mdb")
    try Self.sync(path: path)
  }

  private static func sync(path: String) throws(LMDBError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .lastSystemError }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .lastSystemError }
  }
}

/// Makes two paths of one file system name each other's file or directory, at one moment.
package func exchangePaths(_ path: String, _ other: String) throws(LMDBError) {
  guard unsafe uetlog_exchange(path, other) == 0 else { throw .lastSystemError }
}

/// The number that linux/magic.h gives the kind of a path's file system; 0 when it can't be told.
package func fileSystemNumber(of path: String) -> UInt32 { unsafe uetlog_file_system(path) }
