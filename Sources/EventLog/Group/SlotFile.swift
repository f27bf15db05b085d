internal import Glibc

/// The file beside a log in which long-lived writers hand each other what is to be committed.
///
/// Nothing of the log depends on it: it may be gone or garbage at any time.
package enum SlotFile {
  package static let name = "group.slots"
  static let newName = "group.slots.new"

  /// Opens it, or makes it anew when there is none or it is of another boot, version or size.
  ///
  /// The caller holds the log's lock.
  ///
  /// - Parameter directory: the log's, open.
  /// - Returns: nil when something else is in its place, or there is no room or right to make it.
  package static func open(in directory: Int32) -> SlotMap? {
    var status = stat()
    if unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
      guard isOurs(status) else { return nil }
      if let map = openWhole(directory) { return map }
    }
    return make(directory) ? openWhole(directory) : nil
  }

  private static func openWhole(_ directory: Int32) -> SlotMap? {
    let descriptor = unsafe openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, isOurs(status),
      status.st_size == off_t(SlotMap.byteCount)
    else {
      close(descriptor)
      return nil
    }
    guard let map = SlotMap(descriptor: descriptor), map.header == .current else { return nil }
    return map
  }

  /// Makes it whole under another name, with all its blocks: a full disk would be a signal later.
  private static func make(_ directory: Int32) -> Bool {
    // Left over by a process that was killed here; nobody else is here at the same time.
    _ = unsafe unlinkat(directory, newName, 0)
    let descriptor = unsafe openat(
      directory, newName, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let header = SlotMap.Header.current.encoded
    let isWritten = unsafe header.withUnsafeBytes {
      unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) == $0.count
    }
    guard isWritten, fchmod(descriptor, 0o600) == 0,
      posix_fallocate(descriptor, 0, off_t(SlotMap.byteCount)) == 0,
      unsafe renameat(directory, newName, directory, name) == 0
    else {
      _ = unsafe unlinkat(directory, newName, 0)
      return false
    }
    return true
  }

  private static func isOurs(_ status: stat) -> Bool {
    status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1 && status.st_uid == geteuid()
  }
}
