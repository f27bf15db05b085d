internal import CLMDB
internal import Glibc

/// A failure of the store: an LMDB code, an errno, or one of this wrapper's own refusals.
package struct LMDBError: Error, Hashable, Sendable, RawRepresentable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  // LMDB's own codes.
  package static let keyExist = LMDBError(rawValue: MDB_KEYEXIST)
  package static let notFound = LMDBError(rawValue: MDB_NOTFOUND)
  package static let pageNotFound = LMDBError(rawValue: MDB_PAGE_NOTFOUND)
  package static let corrupted = LMDBError(rawValue: MDB_CORRUPTED)
  package static let panic = LMDBError(rawValue: MDB_PANIC)
  package static let versionMismatch = LMDBError(rawValue: MDB_VERSION_MISMATCH)
  package static let invalid = LMDBError(rawValue: MDB_INVALID)
  package static let mapFull = LMDBError(rawValue: MDB_MAP_FULL)
  package static let dbsFull = LMDBError(rawValue: MDB_DBS_FULL)
  package static let readersFull = LMDBError(rawValue: MDB_READERS_FULL)
  package static let tlsFull = LMDBError(rawValue: MDB_TLS_FULL)
  package static let txnFull = LMDBError(rawValue: MDB_TXN_FULL)
  package static let cursorFull = LMDBError(rawValue: MDB_CURSOR_FULL)
  package static let pageFull = LMDBError(rawValue: MDB_PAGE_FULL)
  package static let mapResized = LMDBError(rawValue: MDB_MAP_RESIZED)
  package static let incompatible = LMDBError(rawValue: MDB_INCOMPATIBLE)
  package static let badReaderSlot = LMDBError(rawValue: MDB_BAD_RSLOT)
  package static let badTransaction = LMDBError(rawValue: MDB_BAD_TXN)
  package static let badValueSize = LMDBError(rawValue: MDB_BAD_VALSIZE)
  package static let badDBI = LMDBError(rawValue: MDB_BAD_DBI)

  // The system's codes that callers tell apart.
  package static let noSuchFile = LMDBError(rawValue: ENOENT)
  package static let io = LMDBError(rawValue: EIO)
  package static let tryAgain = LMDBError(rawValue: EAGAIN)
  package static let outOfMemory = LMDBError(rawValue: ENOMEM)
  package static let accessDenied = LMDBError(rawValue: EACCES)
  package static let notPermitted = LMDBError(rawValue: EPERM)
  package static let busy = LMDBError(rawValue: EBUSY)
  package static let fileExists = LMDBError(rawValue: EEXIST)
  package static let invalidArgument = LMDBError(rawValue: EINVAL)
  package static let tooManyOpenFiles = LMDBError(rawValue: EMFILE)
  package static let fileTooLarge = LMDBError(rawValue: EFBIG)
  package static let noSpace = LMDBError(rawValue: ENOSPC)
  package static let readOnlyFileSystem = LMDBError(rawValue: EROFS)
  package static let quotaExceeded = LMDBError(rawValue: EDQUOT)
  package static let wouldDeadlock = LMDBError(rawValue: EDEADLK)

  // Refusals of this wrapper, outside the ranges of both.
  package static let alreadyOpen = LMDBError(rawValue: -1001)
  package static let transactionsOpen = LMDBError(rawValue: -1002)
  package static let unsupportedVersion = LMDBError(rawValue: -1003)
}

extension LMDBError {
  /// The failure that `errno` names now.
  static var lastSystemError: LMDBError { LMDBError(rawValue: errno) }
}

/// Throws unless an LMDB call reported success.
@inline(__always)
func check(_ code: Int32) throws(LMDBError) {
  guard code == MDB_SUCCESS else { throw LMDBError(rawValue: code) }
}

extension LMDBError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .alreadyOpen: "ALREADY_OPEN: this process has the log open already"
    case .transactionsOpen:
      "TRANSACTIONS_OPEN: the map can't be resized while transactions are open"
    case .unsupportedVersion:
      "UNSUPPORTED_VERSION: \(Environment.libraryVersion) of LMDB is not one that uetlog trusts"
    default: rawValue > 0 ? systemDescription : libraryDescription
    }
  }

  private var libraryDescription: String {
    // mdb_strerror hands codes that it does not know to strerror, which is wrong for negative ones.
    guard (MDB_KEYEXIST...MDB_LAST_ERRCODE).contains(rawValue) else {
      return "LMDB code \(rawValue), which is not documented"
    }
    return unsafe String(cString: mdb_strerror(rawValue))
  }

  private var systemDescription: String {
    let text = unsafe String(cString: strerror(rawValue))
    guard let name = systemName else { return "errno \(rawValue): \(text)" }
    return "\(name): \(text)"
  }

  private var systemName: String? {
    switch self {
    case .noSuchFile: "ENOENT"
    case .io: "EIO"
    case .tryAgain: "EAGAIN"
    case .outOfMemory: "ENOMEM"
    case .accessDenied: "EACCES"
    case .notPermitted: "EPERM"
    case .busy: "EBUSY"
    case .fileExists: "EEXIST"
    case .invalidArgument: "EINVAL"
    case .tooManyOpenFiles: "EMFILE"
    case .fileTooLarge: "EFBIG"
    case .noSpace: "ENOSPC"
    case .readOnlyFileSystem: "EROFS"
    case .quotaExceeded: "EDQUOT"
    case .wouldDeadlock: "EDEADLK"
    default: nil
    }
  }
}
