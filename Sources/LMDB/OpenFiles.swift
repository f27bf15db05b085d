internal import Glibc
internal import Synchronization

/// Which file a path or descriptor leads to, whatever its name.
struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

  /// The file at `path`, or nil if there is none to be seen.
  init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init(descriptor: Int32) throws(LMDBError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .lastSystemError }
    self.init(status)
  }
}

/// The data files that this process has open.
///
/// LMDB may open a file only once in a process: closing a second one drops the first one's locks.
enum OpenFiles {
  private static let identities = Mutex<[FileIdentity]>([])

  /// Runs `open` and registers the file it opened, one caller at a time.
  static func register(
    path: String, open: () throws(LMDBError) -> FileIdentity
  ) throws(LMDBError) {
    try identities.withLock { (identities) throws(LMDBError) in
      if let present = FileIdentity(path: path), identities.contains(present) {
        throw .alreadyOpen
      }
      identities.append(try open())
    }
  }

  /// Closes a file and forgets it.
  static func unregister(_ identity: FileIdentity, close: () -> Void) {
    identities.withLock { identities in
      close()
      identities.removeAll { $0 == identity }
    }
  }
}
