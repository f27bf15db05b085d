internal import Events
internal import LMDB

extension LogError {
  /// What an LMDB failure means to the caller of a log.
  init(_ error: LMDBError, doing what: String) {
    switch error {
    case .mapFull, .mapResized:
      self.init(.mapFull, "the map is full (\(what))")
    case .noSpace, .quotaExceeded, .fileTooLarge:
      self.init(
        .noSpace, "there is no room (\(what))",
        hint: "Free some space and run the same command again: nothing was written")
    case .corrupted, .pageNotFound, .invalid, .versionMismatch, .badValueSize:
      self.init(
        .corruption, "the file is damaged (\(what): \(error))", hint: "Run `uetlog verify`")
    case .accessDenied, .notPermitted, .readOnlyFileSystem:
      self.init(.cannotWrite, "permission denied (\(what): \(error))")
    case .alreadyOpen:
      self.init(.busy, "this process has the log open already")
    case .readersFull:
      self.init(
        .busy, "too many readers (\(what))", hint: "Wait until some of them have ended")
    case .unsupportedVersion:
      self.init(.unsafe, "this version of LMDB loses data: \(error)")
    default:
      self.init(.system, "\(what): \(error)")
    }
  }
}
