internal import Bytes
package import Events
internal import Glibc
internal import LMDB

/// What a restore did.
package struct Restored: Hashable, Sendable {
  package var head: Head
  /// Higher than any that this machine has seen of the log.
  package var epoch: UInt32
  /// Where the log is that was in the place, and its head; nil when there was none.
  package var old: Old?
  /// What this machine saw of the log in another place, where it may go on as well; nil when that
  /// is nothing, or no more than what is put aside.
  package var other: HighWaterSlot.Mark?

  /// Passes over what the files of the old log were before a compaction.
  fileprivate mutating func forgetOther(upTo epoch: UInt32, _ position: Position) {
    guard let seen = other, (seen.epoch, seen.position) <= (epoch, position) else { return }
    other = nil
  }

  package struct Old: Hashable, Sendable {
    package var path: String
    package var head: Head
  }
}

extension LMDBLog {
  /// Puts a copy of this log, a backup, in a place as the log to go on with: in a new epoch.
  ///
  /// A log that is there is put aside, not removed; it must be one with the same id.
  ///
  /// - Parameter isReplacing: whether there may be a log at `place`.
  package func restore(
    to place: String, isReplacing: Bool, isDryRun: Bool, _ options: LogOptions,
    waitNanoseconds: Int64, _ meter: CopyMeter? = nil
  ) throws(LogError) -> Restored {
    var restored = Restored(head: try head(), epoch: format.epoch)
    restored.epoch = max(
      restored.epoch, HighWaterSlot.highestEpoch(options.stateDirectory, log: identity.id))
    restored.other = HighWaterSlot.latest(
      options.stateDirectory, log: identity.id,
      without: [path + "/data.mdb", place + "/data.mdb"])
    guard unsafe access(place + "/data.mdb", F_OK) == 0 else {
      restored.epoch += 1
      if isDryRun { return restored }
      NewDirectory.removeLeftovers(beside: place)
      let directory = try renewed(beside: place, restored, options, meter)
      guard try directory.put() else {
        throw LogError(.cannotWrite, "\(place) is not empty and holds no log")
      }
      Reserve.take(ofLog: place)
      return restored
    }
    guard isReplacing else {
      throw LogError(
        .cannotWrite, "there is a log at \(place)",
        hint: "Nothing was changed: --replace puts it aside")
    }
    let old = try LMDBLog(opening: place, options)
    guard old.identity == identity else {
      throw LogError(
        .unsafe, "\(place) is another log than the one that was backed up",
        expected: "log \(identity.id)", actual: "log \(old.identity.id)")
    }
    restored.epoch = max(restored.epoch, old.format.epoch) + 1
    let aside = Self.placeAside(place, epoch: old.format.epoch)
    let head = try old.head()
    restored.old = Restored.Old(path: aside, head: head)
    restored.forgetOther(upTo: old.format.epoch, head.position)
    if isDryRun { return restored }
    NewDirectory.removeLeftovers(beside: place)
    try old.files.lock.acquire(waitNanoseconds: waitNanoseconds)
    defer { old.files.lock.release() }
    try old.files.lock.checkLockFile()
    restored.old?.head = try old.head()
    let directory = try renewed(beside: place, restored, options, meter)
    try Directory.link(
      place, into: directory.path, without: NewDirectory.ownFiles + ["config.json"])
    if unsafe access(directory.path + "/config.json", F_OK) != 0 {
      try Directory.copy(file: "config.json", from: place, to: directory.path)
    }
    try directory.exchange(puttingAside: aside)
    HighWaterSlot.note(
      directory: options.stateDirectory, log: identity.id, dataFile: aside + "/data.mdb",
      restored.old?.head ?? head, epoch: old.format.epoch, isAside: true)
    Reserve.take(ofLog: place)
    return restored
  }

  /// A copy with the new epoch, which this machine knows.
  private func renewed(
    beside place: String, _ restored: Restored, _ options: LogOptions, _ meter: CopyMeter?
  ) throws(LogError) -> NewDirectory {
    let directory = try NewDirectory(beside: place)
    try copy(into: directory.path, meter)
    try Directory.copy(file: "config.json", from: path, to: directory.path)
    var format = self.format
    format.epoch = restored.epoch
    do throws(LMDBError) {
      let environment = try Environment(
        path: directory.path, options: EnvironmentOptions(mapSizeBytes: options.mapByteCount))
      var transaction = try environment.beginWrite()
      let handles = try TableHandles(creating: &transaction)
      try transaction.put(handles.main, key: MainKey.format, value: format.encoded)
      try transaction.commit()
      try environment.sync()
    } catch {
      throw LogError(error, doing: "writing the new epoch")
    }
    HighWaterSlot.note(
      directory: options.stateDirectory, log: identity.id,
      dataFile: directory.path + "/data.mdb", restored.head, epoch: restored.epoch)
    return directory
  }

  /// A name beside the log that nothing has.
  private static func placeAside(_ place: String, epoch: UInt32) -> String {
    let name = "\(place).epoch-\(epoch)"
    if unsafe access(name, F_OK) != 0 { return name }
    for number in 2..<1000 where unsafe access("\(name)-\(number)", F_OK) != 0 {
      return "\(name)-\(number)"
    }
    return name
  }
}
