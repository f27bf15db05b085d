internal import CLMDB
internal import Glibc
internal import Synchronization

/// The open LMDB environment and what guards it; closed when its last transaction and its
/// `Environment` are gone.
@safe final class EnvironmentCore: @unchecked Sendable {
  let handle: OpaquePointer
  let gate = TransactionGate()
  /// The thread that holds the write transaction, or 0.
  let writerThread = Atomic<UInt>(0)
  /// The address of the transaction that opens tables, or 0: LMDB allows one at a time.
  let tableOpener = Atomic<UInt>(0)
  private let identity: FileIdentity

  init(path: String, options: EnvironmentOptions) throws(LMDBError) {
    try Environment.checkVersion()
    var opened: (handle: OpaquePointer, identity: FileIdentity)?
    try OpenFiles.register(path: path + "/data.mdb") { () throws(LMDBError) in
      try LockFile.reserve(directory: path, options)
      let handle = unsafe try Self.open(path: path, options: options)
      do throws(LMDBError) {
        let identity = unsafe try FileIdentity(descriptor: Self.prepareDescriptor(of: handle))
        unsafe opened = (handle, identity)
        return identity
      } catch {
        unsafe mdb_env_close(handle)
        throw error
      }
    }
    guard let (handle, identity) = unsafe opened else { throw .invalid }
    unsafe self.handle = handle
    self.identity = identity
    if !options.readOnly { try clearStaleReaders() }
    // A writer that was killed may not have come to it. And of a truncated file a missing page
    // would end the process with a signal, where a zero page is an error that can be told.
    coverLastPage(path: options.readOnly ? path + "/data.mdb" : nil)
  }

  deinit {
    let handle = unsafe handle
    OpenFiles.unregister(identity) { unsafe mdb_env_close(handle) }
  }

  /// Opens with the largest map that the address space has room for.
  private static func open(
    path: String, options: EnvironmentOptions
  ) throws(LMDBError) -> OpaquePointer {
    let smallestMap = 1 << 20
    var mapSize = options.mapSizeBytes
    while true {
      do throws(LMDBError) {
        return unsafe try open(path: path, options: options, mapSize: mapSize)
      } catch {
        guard error == .outOfMemory, mapSize / 2 >= smallestMap else { throw error }
        mapSize /= 2
      }
    }
  }

  private static func open(
    path: String, options: EnvironmentOptions, mapSize: Int
  ) throws(LMDBError) -> OpaquePointer {
    // Transactions belong to values, not to threads.
    var flags = UInt32(MDB_NOTLS)
    if options.readOnly { flags |= UInt32(MDB_RDONLY) }
    if options.noSync { flags |= UInt32(MDB_NOSYNC) }
    var created: OpaquePointer?
    unsafe try check(mdb_env_create(&created))
    guard let handle = unsafe created else { throw .outOfMemory }
    do throws(LMDBError) {
      unsafe try check(mdb_env_set_mapsize(handle, wholePages(mapSize)))
      unsafe try check(mdb_env_set_maxreaders(handle, options.maxReaders))
      unsafe try check(mdb_env_set_maxdbs(handle, options.maxTables))
      unsafe try check(mdb_env_set_assert(handle) { _, _ in EnvironmentCore.pageIsImpossible() })
      unsafe try check(mdb_env_open(handle, path, flags, 0o600))
    } catch {
      unsafe mdb_env_close(handle)
      throw error
    }
    return unsafe handle
  }

  /// Ends as a read of a page that is not there would, if somebody handles that.
  ///
  /// LMDB, which has met a page that can't be, would say so in the words of its source and abort.
  private static func pageIsImpossible() {
    var action = sigaction()
    guard unsafe sigaction(SIGBUS, nil, &action) == 0 else { return }
    let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    if unsafe handler != unsafeBitCast(SIG_DFL, to: Int.self) { raise(SIGBUS) }
  }

  /// Keeps the writable descriptor of the data file from programs that this process starts.
  private static func prepareDescriptor(of handle: OpaquePointer) throws(LMDBError) -> Int32 {
    var descriptor: Int32 = -1
    unsafe try check(mdb_env_get_fd(handle, &descriptor))
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw .lastSystemError }
    return descriptor
  }

  /// LMDB wants map sizes in whole pages.
  static func wholePages(_ bytes: Int) throws(LMDBError) -> Int {
    let page = sysconf(Int32(_SC_PAGESIZE))
    guard bytes >= 0, page > 0, bytes <= Int.max - page else { throw .invalidArgument }
    return (bytes + page - 1) / page * page
  }

  @discardableResult
  func clearStaleReaders() throws(LMDBError) -> Int {
    var cleared: Int32 = 0
    unsafe try check(mdb_reader_check(handle, &cleared))
    return Int(cleared)
  }
}

extension EnvironmentCore {
  /// Changes the map's size while only the caller's `own` users are inside; 0 takes the size that
  /// the file names.
  func resize(to bytes: Int, own: Int) throws(LMDBError) {
    let size = try Self.wholePages(bytes)
    guard gate.close(own: own) else { throw .transactionsOpen }
    guard size == 0 || Self.addressSpaceHasRoom(for: size) else {
      gate.open(own: own, mapIsUsable: true)
      throw .outOfMemory
    }
    let code = unsafe mdb_env_set_mapsize(handle, size)
    // LMDB unmaps before it maps: after a failure other than a refusal there is no map any more.
    gate.open(own: own, mapIsUsable: code == MDB_SUCCESS || code == EINVAL)
    try check(code)
  }

  private static func addressSpaceHasRoom(for size: Int) -> Bool {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let trial = unsafe mmap(nil, size, PROT_NONE, flags, -1, 0)
    guard unsafe trial != MAP_FAILED else { return false }
    unsafe munmap(trial, size)
    return true
  }

  /// Begins a transaction inside the gate, which it has left again when this throws.
  func begin(flags: UInt32) throws(LMDBError) -> OpaquePointer {
    try gate.enter()
    var transaction: OpaquePointer?
    var code = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
    if code == MDB_READERS_FULL, (try? clearStaleReaders()) != nil {
      code = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
    }
    // Another process grew the file beyond our map. We can follow if nobody else here uses it.
    if code == MDB_MAP_RESIZED, (try? resize(to: 0, own: 1)) != nil {
      code = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
    }
    guard code == MDB_SUCCESS, let begun = unsafe transaction else {
      gate.leave()
      throw LMDBError(rawValue: code)
    }
    return unsafe begun
  }

  /// Makes the file as long as its meta page says, so that a shorter one is a truncated one.
  ///
  /// LMDB doesn't write pages that a transaction both took and freed, not even at the file's end.
  ///
  /// - Parameter path: the file, for an environment whose own descriptor can't write.
  func coverLastPage(path: String? = nil) {
    var info = unsafe MDB_envinfo()
    var statistics = MDB_stat()
    var status = stat()
    var descriptor: Int32 = -1
    guard unsafe mdb_env_info(handle, &info) == MDB_SUCCESS,
      unsafe mdb_env_stat(handle, &statistics) == MDB_SUCCESS,
      unsafe mdb_env_get_fd(handle, &descriptor) == MDB_SUCCESS,
      unsafe fstat(descriptor, &status) == 0
    else { return }
    let pages = unsafe Int64(clamping: info.me_last_pgno).addingReportingOverflow(1)
    let size = pages.partialValue.multipliedReportingOverflow(by: Int64(statistics.ms_psize))
    guard !pages.overflow, !size.overflow, status.st_size < size.partialValue else { return }
    // Unlike ftruncate this can't cut off what another process just wrote. Without room the file
    // stays short; the next commit tries again.
    if let path {
      descriptor = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { return }
    }
    _ = uetlog_extend_file(descriptor, Int64(status.st_size), size.partialValue)
    if path != nil { close(descriptor) }
  }

  /// Leaves the gate after a transaction is over.
  func end(_ transaction: OpaquePointer) {
    let address = UInt(bitPattern: transaction)
    if tableOpener.load(ordering: .relaxed) == address {
      tableOpener.store(0, ordering: .releasing)
    }
    gate.leave()
  }
}
