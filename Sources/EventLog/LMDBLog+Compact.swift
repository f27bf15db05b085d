package import Events

/// What a compaction did or would do.
package struct Compaction: Hashable, Sendable {
  /// The size of the data file in bytes.
  package var before: Int
  package var after: Int
}

extension LMDBLog {
  /// What the directory of the new files takes, at most, beside them.
  private static var directoryByteCount: Int { 16 << 10 }

  /// Writes the log's files anew, without free pages and what was deleted from them, and puts them
  /// in the place of the old ones at one moment.
  ///
  /// Writers wait meanwhile, and go on with the new files; so do readers when they look again. The
  /// room of the old ones is free when the last reader has let go of them. On a full disk it uses
  /// the reserve, which there is again afterwards.
  package func compact(
    waitNanoseconds: Int64, _ meter: CopyMeter? = nil
  ) throws(LogError) -> Compaction {
    NewDirectory.removeLeftovers(beside: path)
    let done: Compaction
    do throws(LogError) {
      done = try exchangeFiles(waitNanoseconds, meter)
    } catch {
      guard error.code == .noSpace else { throw error }
      guard Reserve.giveAll(ofLog: path) else { throw tellingRoom(error) }
      do throws(LogError) {
        done = try exchangeFilesUsingReserve(waitNanoseconds, meter)
      } catch { throw tellingRoom(error) }
    }
    Reserve.take(ofLog: path)
    return done
  }

  /// The error with how much room a compaction needs, how much there is, and what to do.
  private func tellingRoom(_ error: LogError) -> LogError {
    guard error.code == .noSpace, let plan = try? plannedCompaction() else { return error }
    // The copy is opened to be looked at, and so has a lock file for a while.
    let lock = Directory.byteCount(of: path + "/lock.mdb")
    let needed = UInt64(plan.after) + UInt64(lock) + UInt64(Self.directoryByteCount)
    let room = Directory.freeByteCount(at: path) + UInt64(Reserve.byteCount(ofLog: path))
    var error = error
    error.message += ": the copy needs \(needed) bytes, \(room) are there with the reserve"
    let missing = needed > room ? "at least \(needed - room) bytes" : "some room"
    error.hint =
      "Nothing was changed: free \(missing) on the log's disk and compact again; or `uetlog backup` "
      + "to another disk, which makes the same copy, and `uetlog restore` it"
    return error
  }

  private func exchangeFilesUsingReserve(
    _ waitNanoseconds: Int64, _ meter: CopyMeter?
  ) throws(LogError) -> Compaction {
    defer { Reserve.take(ofLog: path, isUrgent: true) }
    return try exchangeFiles(waitNanoseconds, meter)
  }

  private func exchangeFiles(
    _ waitNanoseconds: Int64, _ meter: CopyMeter?
  ) throws(LogError) -> Compaction {
    let files = files
    try files.format.checkWritable(path)
    try files.lock.acquire(waitNanoseconds: waitNanoseconds)
    defer { files.lock.release() }
    try files.lock.checkLockFile()
    let before = Directory.byteCount(of: path + "/data.mdb")
    let directory = try NewDirectory(beside: path)
    try copy(into: directory.path, meter)
    // There will be no other log than this copy.
    let copy = try Self.look(at: directory.path, meter)
    HighWaterSlot.note(
      directory: options.stateDirectory, log: identity.id,
      dataFile: directory.path + "/data.mdb", copy.head, epoch: copy.epoch)
    try Directory.link(path, into: directory.path, without: NewDirectory.ownFiles)
    try directory.exchange()
    try reopen()
    return Compaction(before: before, after: copy.byteCount)
  }

  /// What a compaction at this moment would come to; changes nothing.
  ///
  /// - Complexity: reads each page in use once.
  package func plannedCompaction() throws(LogError) -> Compaction {
    let pages = try LogPages(of: self)
    guard let after = Int(exactly: pages.compactByteCount) else {
      throw LogError(.corruption, "\(path) has \(pages.pageCount) pages")
    }
    return Compaction(before: Directory.byteCount(of: path + "/data.mdb"), after: after)
  }
}
