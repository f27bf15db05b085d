package import Events
internal import LMDB

/// What became of the pages of a log's data file, and what is wrong with them.
///
/// The pages are read without a map, in the order of the trees, while a snapshot is open, so that
/// nobody reuses them.
package struct LogPages: Hashable, Sendable {
  /// The file's pages up to the last one that it knows.
  package let pageCount: UInt64
  /// Those that hold tables or the list of free pages.
  package let used: UInt64
  /// Those of `used` that hold tables.
  private let tables: UInt64
  /// Those that may be written anew.
  package let free: UInt64
  /// Those that are neither: wasted, but no damage.
  package let unused: UInt64
  /// How many trees the pages make.
  package let trees: Int
  /// The first page that something is wrong with; nil when there is none.
  package let firstBad: UInt64?
  /// What is wrong, the first of it, in sentences without a final stop.
  package let findings: [String]
  /// How many findings there were.
  package let findingCount: Int
  /// Whether nothing is wrong but with the list of free pages, which only writers read.
  package let isReadable: Bool

  private static let attemptsMax = 100

  /// The size of a data file with the same tables and nothing else: after its two first pages.
  var compactByteCount: UInt64 { (tables &+ 2) &* UInt64(MetaPage.byteCount) }

  /// Looks at the pages of the log in a directory, which this process has not open.
  ///
  /// - Parameter onProgress: takes how many pages were visited, of how many at most.
  package init(
    ofLog path: String, _ options: LogOptions = LogOptions(),
    onProgress: @escaping (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(LogError) {
    var options = options
    options.isReadOnly = true
    let environment = try LMDBLog.openEnvironment(path, options)
    try self.init(environment, path, onProgress)
  }

  /// Looks at the pages of an open log.
  package init(
    of log: LMDBLog, onProgress: @escaping (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(LogError) {
    try self.init(log.files.environment, log.path, onProgress)
  }

  private init(
    _ environment: borrowing Environment, _ path: String,
    _ onProgress: @escaping (UInt64, UInt64) -> Void
  ) throws(LogError) {
    for _ in 0..<Self.attemptsMax {
      let census = try Self.census(environment, path + "/data.mdb", onProgress)
      guard let census else { continue }
      pageCount = census.pages
      used = census.used
      tables = census.tables
      free = census.free
      unused = census.unused
      trees = census.trees
      firstBad = census.findings.first?.page
      findings = census.findings.map(\.description)
      findingCount = census.findingCount
      isReadable = census.isReadable
      return
    }
    throw LogError(.busy, "the log is written to all the time: its pages can't be followed")
  }

  /// Nil when the snapshot's first page was written anew before it could be read.
  private static func census(
    _ environment: borrowing Environment, _ dataFile: String,
    _ onProgress: @escaping (UInt64, UInt64) -> Void
  ) throws(LogError) -> PageCensus? {
    let snapshot = try environment.beginReading()
    do throws(LMDBError) {
      let start = try MetaPages(dataFile: dataFile)
      guard let meta = start.pages.first(where: { $0.transactionID == snapshot.id }) else {
        return nil
      }
      let census = try PageWalk.census(dataFile: dataFile, of: meta, onProgress: onProgress)
      // The snapshot has to last as long as the walk.
      return snapshot.id == meta.transactionID ? census : nil
    } catch {
      if error == .tryAgain { return nil }
      throw LogError(error, doing: "reading \(dataFile)")
    }
  }
}
