internal import Events
internal import Glibc
internal import LMDB

/// Looks at a log's files before LMDB maps them, so that what is wrong is said in a sentence and
/// not by a signal.
enum FileCheck {
  /// - Returns: the start of the data file; nil when somebody writes to it all the time.
  @discardableResult
  static func check(
    directory path: String, _ options: LogOptions
  ) throws(LogError) -> MetaPages? {
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
    return try checkStart(path + "/data.mdb")
  }

  private static func checkStart(_ path: String) throws(LogError) -> MetaPages? {
    let pages: MetaPages
    let found: MetaFinding?
    do throws(LMDBError) {
      pages = try MetaPages(dataFile: path)
      found = try findings(path, pages).first
    } catch {
      // Somebody writes all the time: then the file is well.
      if error == .tryAgain { return nil }
      throw LogError(error, doing: "reading \(path)")
    }
    guard let found else { return pages }
    throw LogError(
      .corruption, "\(path) is damaged: \(found)", hint: "Restore it from a backup")
  }

  /// Looks at the pages that the next commit would write to: LMDB trusts the list that names them.
  ///
  /// - Parameter descriptor: of the data file.
  static func checkFreePages(
    _ descriptor: Int32, _ pages: MetaPages, log path: String
  ) throws(LogError) {
    let newest = pages.pages.max { $0.transactionID < $1.transactionID }
    guard let newest else { return }
    let found: PageFinding
    do throws(LMDBError) {
      guard let finding = try FreeList.firstFinding(descriptor, of: newest),
        // A commit meanwhile may have reused pages.
        try MetaPages(dataFile: path + "/data.mdb").pages == pages.pages
      else { return }
      found = finding
    } catch {
      if error == .tryAgain { return }
      throw LogError(error, doing: "reading \(path)/data.mdb")
    }
    throw LogError(
      .corruption, "\(path)/data.mdb is damaged: \(found)",
      hint: "Nothing can be appended; what can be read is: run `uetlog verify`")
  }

  /// What is wrong with a data file whose start was read.
  ///
  /// A writer that was killed right after its commit may leave out pages at the end that nothing
  /// refers to. That is not wrong: whoever opens the file adds them.
  static func findings(_ path: String, _ pages: MetaPages) throws(LMDBError) -> [MetaFinding] {
    var findings: [MetaFinding] = []
    for finding in pages.findings {
      if case .truncated = finding, try !hasLostPages(path, pages) { continue }
      findings.append(finding)
    }
    return findings
  }

  /// More pages than a transaction can have changed were never left out by a killed writer.
  private static let pageCountLeftOutMax = 1 << 17

  private static func hasLostPages(
    _ path: String, _ pages: MetaPages
  ) throws(LMDBError) -> Bool {
    let newest = pages.pages.max { $0.transactionID < $1.transactionID }
    let reach = pages.fileSize / MetaPage.byteCount + pageCountLeftOutMax
    if let newest, newest.lastPage > UInt64(reach) { return true }
    guard let newest else { return false }
    guard try PageWalk.census(dataFile: path, of: newest).refersToLostPages else { return false }
    // A commit meanwhile may have reused pages under the walk, and has made the file whole.
    return try MetaPages(dataFile: path).pages == pages.pages
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
