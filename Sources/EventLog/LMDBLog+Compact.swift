package import Events

/// What a compaction did.
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
  /// room of the old ones is free when the last reader has let go of them.
  package func compact(waitNanoseconds: Int64) throws(LogError) -> Compaction {
    NewDirectory.removeLeftovers(beside: path)
    let files = files
    try files.format.checkWritable(path)
    try files.lock.acquire(waitNanoseconds: waitNanoseconds)
    defer { files.lock.release() }
    try files.lock.checkLockFile()
    let before = Directory.byteCount(of: path + "/data.mdb")
    let directory = try NewDirectory(beside: path)
    try copy(into: directory.path)
    // There will be no other log than this copy.
    let copy = try Self.look(at: directory.path)
    HighWaterSlot.note(
      directory: options.stateDirectory, log: identity.id,
      dataFile: directory.path + "/data.mdb", copy.head, epoch: copy.epoch)
    try Directory.link(path, into: directory.path, without: ["data.mdb", "lock.mdb"])
    try directory.exchange()
    try reopen()
    return Compaction(before: before, after: copy.byteCount)
  }
}
