internal import Bytes
internal import Events
internal import Glibc

/// The lock in front of LMDB's own: an advisory lock on the log's directory.
///
/// It can be waited for with a deadline. LMDB's has none, so that a stopped writer would block all
/// others for ever.
final class WriteLock: Sendable {
  private let path: String
  private let queue: LockQueue
  private let lockFile: FileID
  /// Which directory it is.
  let directory: FileID

  init(directory path: String) throws(LogError) {
    self.path = path
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LogError.system("opening \(path)") }
    queue = LockQueue(descriptor: descriptor)
    guard let file = FileID(name: "lock.mdb", in: descriptor),
      let directory = FileID(descriptor: descriptor)
    else { throw LogError(.unsafe, "\(path) has no lock file", hint: "Run the command again") }
    lockFile = file
    self.directory = directory
  }

  /// Of the directory.
  var descriptor: Int32 { queue.descriptor }

  /// Takes the lock, waiting at most `waitNanoseconds`.
  func acquire(waitNanoseconds: Int64) throws(LogError) {
    guard queue.take(waitNanoseconds: waitNanoseconds) else { throw busy(after: waitNanoseconds) }
  }

  /// Says who is in the way, if that can be told.
  func busy(after waitNanoseconds: Int64) -> LogError {
    let holder = LockHolder(ofDirectory: directory.node)
    return LogError(
      .busy, holder.map { "\(path) is held by \($0)" } ?? "another process holds \(path)",
      actual: "waited \(waitNanoseconds / 1_000_000) ms",
      hint: "Nothing was written: run the same command again, or wait longer with --wait")
  }

  /// Takes the lock if nobody has it.
  func tryAcquire() -> Bool { queue.tryTake() }

  func release() { queue.giveBack() }

  /// Whether another directory is in this one's place.
  var isReplaced: Bool { FileID(path: path) != directory }

  /// Throws when the lock file is another one than at opening: writers then no longer exclude
  /// each other.
  ///
  /// Together with its whole directory it may be replaced; then that one is to be opened.
  func checkLockFile() throws(LogError) {
    guard FileID(path: path + "/lock.mdb") == lockFile else {
      guard !isReplaced else { throw LogError.replaced(path) }
      throw LogError(
        .unsafe, "the lock file of \(path) was deleted or replaced",
        hint: "Stop all programs that use this log, then run the command again")
    }
  }
}

/// Which file a path or descriptor leads to.
struct FileID: Hashable, Sendable {
  var device: UInt64
  var node: UInt64

  init?(path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
  }

  init?(name: String, in directory: Int32) {
    var status = stat()
    guard unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
  }
}

extension LogError {
  /// What the last failed system call says.
  static func system(_ doing: String) -> LogError {
    let code = errno
    let text = unsafe String(cString: strerror(code))
    switch code {
    case EACCES, EPERM, EROFS:
      return LogError(.cannotWrite, "\(doing): \(text)")
    case ENOSPC, EDQUOT:
      return LogError(.noSpace, "\(doing): \(text)", hint: "Free some space and try again")
    case ENOENT: return LogError(.notFound, "\(doing): \(text)")
    default: return LogError(.system, "\(doing): \(text)")
    }
  }

  static func replaced(_ path: String) -> LogError {
    LogError(
      .replaced, "\(path) was compacted or restored meanwhile",
      hint: "Nothing was written: run the same command again")
  }

  static func noLog(_ path: String) -> LogError {
    LogError(
      .notFound, "there is no log at \(path)",
      hint: "`uetlog append` makes one where it is first called; --log DIR names another")
  }
}
