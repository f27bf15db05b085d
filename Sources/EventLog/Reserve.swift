internal import Events
internal import Glibc

/// Room that a log keeps for what has to be stored when the disk is full.
///
/// It is a file beside the data file that nobody writes to: its blocks are taken, and given back
/// in slices when a write that may use them finds no room. Nothing of the log depends on it.
enum Reserve {
  static let name = "reserve"
  static let byteCount = 4 << 20
  /// What one write gets: several times the pages that it changes.
  static let sliceByteCount = 256 << 10
  static let sliceCount = byteCount / sliceByteCount
  /// How much room a disk must have for so much to be kept back from everybody.
  private static let freeByteCountMin: UInt64 = 16 << 20

  /// How many bytes the reserve of a log has.
  static func byteCount(ofLog path: String) -> Int {
    var status = stat()
    guard unsafe lstat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return 0
    }
    return min(Int(status.st_size), Int(status.st_blocks) * 512)
  }

  /// Takes it, as far as it is not there; leaves it when there is little room, or no right to.
  ///
  /// - Parameter isUrgent: takes it from a disk with little room, too: it was there before.
  static func take(ofLog path: String, isUrgent: Bool = false) {
    guard byteCount(ofLog: path) < byteCount,
      isUrgent || Directory.freeByteCount(at: path) >= freeByteCountMin,
      Directory.owner(of: path) == geteuid()
    else { return }
    let file = path + "/" + name
    guard let descriptor = open(file, O_WRONLY | O_CREAT) else { return }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0, posix_fallocate(descriptor, 0, off_t(byteCount)) == 0
    else {
      // A part of it would only be in the way.
      _ = unsafe unlink(file)
      return
    }
  }

  /// Gives a slice of it back to the disk.
  ///
  /// - Returns: whether there was any.
  static func giveSlice(ofLog path: String) -> Bool {
    give(ofLog: path) { max(0, $0 - sliceByteCount) }
  }

  /// Gives all of it back to the disk.
  ///
  /// - Returns: whether there was any.
  static func giveAll(ofLog path: String) -> Bool { give(ofLog: path) { _ in 0 } }

  private static func give(ofLog path: String, _ rest: (Int) -> Int) -> Bool {
    let size = byteCount(ofLog: path)
    guard size > 0, let descriptor = open(path + "/" + name, O_WRONLY) else { return false }
    defer { close(descriptor) }
    guard ftruncate(descriptor, off_t(rest(size))) == 0 else { return false }
    // Some file systems have the room only when they have written that down.
    fsync(descriptor)
    return true
  }

  /// Opens it, if it is a file of this user's that has no second name.
  private static func open(_ file: String, _ flags: Int32) -> Int32? {
    let descriptor = unsafe Glibc.open(file, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_nlink == 1, status.st_uid == geteuid()
    else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}
