package import Events
internal import Glibc
internal import LMDB

/// What can be seen of a log's directory without opening the log.
package struct LogSurvey: Sendable {
  /// A file or directory and who may use it.
  package struct Entry: Hashable, Sendable {
    package var path: String
    package var mode: UInt32
    package var owner: UInt32
    package var isWritable: Bool
  }

  /// The kind of its file system.
  package enum FileSystem: Hashable, Sendable {
    case local
    /// Gone after a restart.
    case memory
    /// Shared with other machines: locks and maps don't reach over.
    case network(String)
  }

  package var entries: [Entry] = []
  package var fileSystem = FileSystem.local
  /// The room that is left for this user, in bytes.
  package var freeByteCount: UInt64 = 0
  /// The room that the log keeps for a full disk, in bytes.
  package var reserveByteCount = 0
  /// The size of the data file in bytes.
  package var dataByteCount = 0
  /// Who holds the lock of writers at this moment; nil when nobody does.
  package var holder: LockHolder?
  /// Directories beside the log that killed processes left.
  package var leftovers: [String] = []

  /// How much room a log keeps for a full disk, in bytes.
  package static var reserveByteCountWanted: Int { Reserve.byteCount }

  /// Puts right what needs no decision: takes the reserve, removes what killed processes left.
  package static func putRight(log path: String) {
    NewDirectory.removeLeftovers(beside: path)
    Reserve.take(ofLog: path)
  }

  /// Looks at the log in a directory.
  package init(log path: String) throws(LogError) {
    guard FileID(path: path) != nil else { throw LogError.noLog(path) }
    for name in ["", "/data.mdb", "/lock.mdb", "/\(Reserve.name)"] {
      if let entry = Self.entry(path + name) { entries.append(entry) }
    }
    fileSystem = Self.fileSystem(of: path)
    freeByteCount = Directory.freeByteCount(at: path)
    reserveByteCount = Reserve.byteCount(ofLog: path)
    dataByteCount = Directory.byteCount(of: path + "/data.mdb")
    holder = Self.holder(of: path)
    leftovers = NewDirectory.leftovers(beside: path)
  }

  private static func entry(_ path: String) -> Entry? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return unsafe Entry(
      path: path, mode: UInt32(status.st_mode) & 0o7777, owner: status.st_uid,
      isWritable: access(path, W_OK) == 0)
  }

  /// By the numbers of linux/magic.h.
  private static func fileSystem(of path: String) -> FileSystem {
    switch fileSystemNumber(of: path) {
    case 0x0102_1994, 0x8584_58F6: .memory
    case 0x6969: .network("NFS")
    case 0x517B, 0xFE53_4D42, 0xFF53_4D42: .network("SMB")
    case 0x0102_1997: .network("9P")
    case 0x5346_414F: .network("AFS")
    case 0x00C3_6400: .network("Ceph")
    default: .local
    }
  }

  private static func holder(of path: String) -> LockHolder? {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return nil }
    let node = FileID(descriptor: descriptor)?.node
    return node.flatMap { LockHolder(ofDirectory: $0) } ?? LockHolder(process: 0)
  }
}
