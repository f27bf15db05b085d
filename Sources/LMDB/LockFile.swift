internal import CLMDB
internal import Glibc

/// LMDB's lock file before LMDB has it.
///
/// LMDB makes it long without taking any blocks for it, maps it and writes to the map: on a full
/// disk the first store would end the process with a signal, where a call can say that there is no
/// room. So the blocks are taken first.
enum LockFile {
  /// A reader's slot, and at the most what stands before the slots.
  private static let slotByteCount = 64
  private static let headByteCount = 4096
  private static let blockByteCount: Int64 = 512

  /// Takes the blocks that the lock file of an environment needs.
  ///
  /// Only while this process does not have the environment open: closing any descriptor of the file
  /// drops all locks that the process has on it.
  static func reserve(
    directory path: String, _ options: EnvironmentOptions
  ) throws(LMDBError) {
    let path = path + "/lock.mdb"
    let slots = Int64(options.maxReaders).multipliedReportingOverflow(by: Int64(slotByteCount))
    let needed = slots.partialValue.addingReportingOverflow(Int64(headByteCount))
    guard !slots.overflow, !needed.overflow else { throw .invalidArgument }
    var status = stat()
    let isThere = unsafe stat(path, &status) == 0
    let size = max(needed.partialValue, isThere ? Int64(status.st_size) : 0)
    guard !isThere || Int64(status.st_blocks) * blockByteCount < size else { return }
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      // What else is wrong with it, LMDB finds out and may be able to do without.
      guard errno == ENOSPC || errno == EDQUOT else { return }
      throw .lastSystemError
    }
    defer { close(descriptor) }
    // The length stays as it is: LMDB reads the number of slots from it.
    guard uetlog_reserve_file(descriptor, size) != 0, errno == ENOSPC || errno == EDQUOT else {
      return
    }
    throw .lastSystemError
  }
}
