package import Events
internal import Glibc
internal import LMDB

/// A copy of a log that is whole.
package struct LogCopy: Hashable, Sendable {
  package var path: String
  package var head: Head
  package var epoch: UInt32
  package var byteCount: Int
}

extension LMDBLog {
  /// How often a copy is tried again because the log grew beyond its map.
  private static let growthsMax = 8

  /// Copies the log as it stands into a new directory at `place`; appends go on meanwhile.
  ///
  /// The copy is compact: it has no free pages. It is there whole or not at all.
  package func backUp(
    to place: String, _ meter: CopyMeter? = nil
  ) throws(LogError) -> LogCopy {
    try Self.requireNothing(at: place)
    NewDirectory.removeLeftovers(beside: place)
    let directory = try NewDirectory(beside: place)
    try copy(into: directory.path, meter)
    try Directory.copy(file: "config.json", from: path, to: directory.path)
    var copy = try Self.look(at: directory.path, meter)
    guard try directory.put() else { throw Self.isTaken(place) }
    copy.path = place
    return copy
  }

  func copy(into directory: String, _ meter: CopyMeter?) throws(LogError) {
    let files = files
    meter?.copy(
      to: directory + "/data.mdb", byteCountMax: Directory.byteCount(of: path + "/data.mdb"))
    for _ in 0..<Self.growthsMax {
      do throws(LMDBError) {
        return try files.environment.copy(to: directory, compact: true)
      } catch {
        guard error == .mapResized else { throw LogError(error, doing: "copying \(path)") }
      }
      _ = unsafe unlink(directory + "/data.mdb")
      // Whoever reads takes the larger map over.
      _ = try head()
    }
    throw LogError(.busy, "\(path) grows too fast to be copied", hint: "Try again")
  }

  /// Opens a fresh copy, follows all its pages, and leaves no lock file in it.
  static func look(at path: String, _ meter: CopyMeter?) throws(LogError) -> LogCopy {
    defer { _ = unsafe unlink(path + "/lock.mdb") }
    do throws(LogError) {
      let log = try LMDBLog(opening: path)
      let pages = try LogPages(of: log) { done, total in meter?.check(done, of: total) }
      if let finding = pages.findings.first {
        throw LogError(.corruption, finding)
      }
      return LogCopy(
        path: path, head: try log.head(), epoch: log.format.epoch,
        byteCount: Directory.byteCount(of: path + "/data.mdb"))
    } catch {
      guard error.code == .corruption else { throw error }
      throw LogError(
        .system, "the copy is not what was written (\(error.message))",
        hint: "Nothing was changed: the disk may be failing; `uetlog verify` looks at the log")
    }
  }

  static func requireNothing(at place: String) throws(LogError) {
    var status = stat()
    if unsafe lstat(place, &status) == 0 { throw isTaken(place) }
  }

  private static func isTaken(_ place: String) -> LogError {
    LogError(
      .cannotWrite, "there is something at \(place) already",
      hint: "Nothing was written: name a directory that is not there yet")
  }
}
