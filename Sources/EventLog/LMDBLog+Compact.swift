package import Events

/// What a compaction did or would do.
package struct Compaction: Hashable, Sendable {
  /// The size of the data file in bytes.
  package var before: Int
  package var after: Int
}

extension LMDBLog {
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
      guard error.code == .noSpace, Reserve.giveAll(ofLog: path) else { throw error }
      done = try exchangeFilesUsingReserve(waitNanoseconds, meter)
    }
    Reserve.take(ofLog: path)
    return done
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
