internal import Events
internal import Glibc
internal import LMDB

/// Looks at a log's files before LMDB maps them, so that what is wrong is said in a sentence and
/// not by a signal.
enum FileCheck {
  static func check(directory path: String, _ options: LogOptions) throws(LogError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { throw LogError.noLog(path) }
      throw LogError.system("looking at \(path)")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw LogError(
        .unsafe, "\(path) is not a directory", hint: "A log is a directory and never a link")
    }
    try checkFile(path + "/data.mdb", isRequired: true, options, log: path)
    try checkFile(path + "/lock.mdb", isRequired: false, options, log: path)
    try checkStart(path + "/data.mdb")
  }

  /// So many pages may be missing at the end of a file.
  ///
  /// A writer that was killed right after its commit may leave out pages that nothing refers to;
  /// they are added when the file is opened.
  private static let missingPagesMax: UInt64 = 256

  private static func checkStart(_ path: String) throws(LogError) {
    let pages: MetaPages
    do throws(LMDBError) { pages = try MetaPages(dataFile: path) } catch {
      // Somebody writes all the time: then the file is well.
      if error == .tryAgain { return }
      throw LogError(error, doing: "reading \(path)")
    }
    for finding in pages.findings {
      if mayBeWell(finding) { continue }
      throw LogError(
        .corruption, "\(path) is damaged: \(finding)", hint: "Restore it from a backup")
    }
  }

  /// Whether a finding is one that a file which is well may give.
  static func mayBeWell(_ finding: MetaFinding) -> Bool {
    guard case .truncated(let byteCount, let expected) = finding else { return false }
    return byteCount % MetaPage.byteCount == 0
      && expected - UInt64(max(byteCount, 0)) <= missingPagesMax * UInt64(MetaPage.byteCount)
  }

  private static func checkFile(
    _ path: String, isRequired: Bool, _ options: LogOptions, log: String
  ) throws(LogError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT {
        if isRequired { throw LogError.noLog(log) }
        return
      }
      throw LogError.system("looking at \(path)")
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
      throw LogError(
        .unsafe, "\(path) is a link or no regular file",
        hint: "Somebody may have put it there: look at it before you use this log")
    }
    guard options.isUnsafeAllowed || status.st_uid == geteuid() || geteuid() == 0 else {
      throw LogError(.unsafe, "\(path) belongs to another user")
    }
    // Two meta pages and a main page: less is a file that was never finished.
    guard !isRequired || status.st_size >= 8192 else {
      throw LogError(
        .corruption, "\(path) is truncated", expected: "at least 8192 bytes",
        actual: "\(status.st_size)", hint: "Restore it from a backup")
    }
  }
}
