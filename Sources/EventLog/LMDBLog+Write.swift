package import Events
internal import Glibc
internal import LMDB

extension LMDBLog {
  /// How often the map may grow for one transaction.
  private static let growthsMax = 24
  /// How often the log may be compacted or restored between the opening of its files and a write.
  static let replacementsMax = 100
  /// Together five seconds.
  private static let growthAttemptsMax = 25_000
  private static let growthPauseMicroseconds: useconds_t = 200

  package func write<U: WriteUnit>(
    waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> U.Output {
    for _ in 0..<Self.replacementsMax {
      do throws(LogError) {
        return try write(files, waitNanoseconds, &unit)
      } catch {
        guard error.code == .replaced else { throw error }
      }
      try reopen()
    }
    return try write(files, waitNanoseconds, &unit)
  }

  private func write<U: WriteUnit>(
    _ files: LogFiles, _ waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> U.Output {
    try files.format.checkWritable(path)
    try files.lock.acquire(waitNanoseconds: waitNanoseconds)
    defer { files.lock.release() }
    return try writeLocked(files, &unit)
  }

  /// Runs a unit under the lock, which the caller holds.
  func writeLocked<U: WriteUnit>(
    _ files: LogFiles, _ unit: inout U
  ) throws(LogError) -> U.Output {
    for _ in 0..<(Self.growthsMax + Reserve.sliceCount) {
      // A transaction that ran out of map runs again from the start.
      var attempt = unit
      do throws(LogError) {
        let output = try writeOnce(files, &attempt)
        unit = attempt
        return output
      } catch {
        if error.code == .noSpace, unit.mayUseReserve, Reserve.giveSlice(ofLog: path) { continue }
        guard error.code == .mapFull else { throw error }
        try grow(files.environment)
      }
    }
    throw LogError(.noSpace, "the map of \(path) can't grow any more")
  }

  private func writeOnce<U: WriteUnit>(
    _ files: LogFiles, _ unit: inout U
  ) throws(LogError) -> U.Output {
    var head = Head()
    let output = try write(files.environment, files, &unit, &head)
    if !unit.isDryRun { files.highWater?.note(head, epoch: files.format.epoch) }
    return output
  }

  private func write<U: WriteUnit>(
    _ environment: borrowing Environment, _ files: LogFiles, _ unit: inout U, _ head: inout Head
  ) throws(LogError) -> U.Output {
    let handles = files.handles
    let transaction = try environment.beginWriting()
    let number = transaction.id
    // With a fresh lock file LMDB numbers transactions anew: then somebody else may be writing.
    guard try number == lastTransaction(of: environment) + 1 else {
      throw LogError(
        .unsafe, "the lock file of \(path) was replaced while it was in use",
        hint: "Stop all programs that use this log, then run the command again")
    }
    try files.lock.checkLockFile()
    // A newer program may have taken the log over since it was opened.
    try LogFormat(Reading.main(MainKey.format, transaction, handles))?.checkWritable(path)
    let generation = try RowGeneration.inForce(transaction, handles)
    var tables = WriteTables(transaction, handles, generation)
    try tables.keepCursors()
    let output = try unit.run(&tables)
    if unit.isDryRun { return output }
    head = try tables.head()
    do throws(LMDBError) { try tables.commit() } catch {
      throw outcome(of: error, transaction: number, files)
    }
    return output
  }

  /// Tells "not written" from "do not know" after a failed commit: when the file's meta pages do
  /// not show the transaction, nobody will ever see it.
  private func outcome(
    of error: LMDBError, transaction: UInt64, _ files: LogFiles
  ) -> LogError {
    if error == .mapFull { return LogError(error, doing: "committing") }
    let newest = newestTransaction(onFile: files.environment.fileDescriptor)
    let isOnFile = newest.map { $0 >= transaction } ?? true
    if !isOnFile, error == .noSpace || error == .fileTooLarge || isDiskFull {
      return LogError(
        .noSpace, "the disk is full",
        hint: "Nothing was written: free some space and run the same command again")
    }
    return LogError(
      .outcomeUnknown, "the commit failed (\(error)): the event may or may not be stored",
      hint: "Run the same command again with the same id: it is stored once")
  }

  private func lastTransaction(
    of environment: borrowing Environment
  ) throws(LogError) -> UInt64 {
    do throws(LMDBError) { return try environment.info().lastTransactionID } catch {
      throw LogError(error, doing: "looking at the map")
    }
  }

  private var isDiskFull: Bool {
    Directory.freeByteCount(at: path) < 1 << 20
  }

  private func grow(_ environment: borrowing Environment) throws(LogError) {
    do throws(LMDBError) {
      let size = try environment.info().mapSize
      let (doubled, overflow) = size.multipliedReportingOverflow(by: 2)
      guard !overflow else { throw LMDBError.outOfMemory }
      try setMapSize(doubled, environment)
    } catch {
      throw LogError(error, doing: "growing the map")
    }
  }

  /// Waits for other threads' snapshots, which are short: the map can't change under them.
  private func setMapSize(
    _ size: Int, _ environment: borrowing Environment
  ) throws(LMDBError) {
    for _ in 0..<Self.growthAttemptsMax {
      do throws(LMDBError) {
        return try environment.setMapSize(size)
      } catch {
        guard error == .transactionsOpen else { throw error }
        usleep(Self.growthPauseMicroseconds)
      }
    }
    try environment.setMapSize(size)
  }
}

extension WriteTables {
  consuming func commit() throws(LMDBError) { try transaction.commit() }
}

extension LMDBLog {
  /// The newest transaction number of the file's two meta pages, read without the map.
  private func newestTransaction(onFile descriptor: Int32) -> UInt64? {
    var newest: UInt64?
    for page in 0..<2 {
      var bytes = [UInt8](repeating: 0, count: 160)
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(page * 4096))
      }
      // Page header 16 bytes, then magic, version, address, map size, two table records of 48
      // bytes, the last page, and the transaction number.
      guard count == bytes.count else { return nil }
      let number = bytes[144..<152].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      newest = max(newest ?? 0, number)
    }
    return newest
  }
}
