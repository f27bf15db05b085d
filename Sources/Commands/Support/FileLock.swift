internal import Bytes
internal import Configuration
internal import Events
internal import Glibc

/// A lock that ends with the process, and with the children that it is passed on to.
///
/// The file may be removed by whoever holds the lock: who waited for it then takes the next one.
final class FileLock {
  private let path: String
  private let descriptor: Int32

  private static let pauseMicroseconds: UInt32 = 20_000

  /// Takes it, or throws `busy` when others hold it for longer than one wants to wait.
  init(_ path: String, waitNanoseconds: Int64 = 0, busy: LogError) throws(LogError) {
    self.path = path
    let end = MonotonicTime.nanoseconds().addingReportingOverflow(waitNanoseconds)
    while true {
      if let descriptor = try Self.take(path) {
        self.descriptor = descriptor
        return
      }
      guard end.overflow || MonotonicTime.nanoseconds() < end.partialValue else { throw busy }
      usleep(Self.pauseMicroseconds)
    }
  }

  deinit { close(descriptor) }

  /// The descriptor of the locked file; nil when somebody else has it.
  private static func take(_ path: String) throws(LogError) -> Int32? {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw LogError(.cannotWrite, "\(path): \(systemText(errno))")
    }
    var (opened, named) = (stat(), stat())
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
      if unsafe fstat(descriptor, &opened) == 0, unsafe lstat(path, &named) == 0,
        opened.st_ino == named.st_ino, opened.st_dev == named.st_dev
      {
        return descriptor
      }
      close(descriptor)
      return nil
    }
    let code = errno
    close(descriptor)
    guard code == EWOULDBLOCK else {
      throw LogError(.cannotWrite, "\(path): \(systemText(code))")
    }
    return nil
  }

  /// Whether children that are started now hold it as well: it then lasts until they have ended,
  /// even if this process is killed.
  func passOn(_ isPassedOn: Bool) {
    _ = fcntl(descriptor, F_SETFD, isPassedOn ? 0 : FD_CLOEXEC)
  }

  /// Removes the file; the lock is held until the end.
  func removeFile() { unsafe unlink(path) }
}
