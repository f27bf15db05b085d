package import Events
internal import LMDB

/// What a log's data file looks like from outside: read without mapping it, so that damage is
/// said in sentences and not by a signal.
package struct DataFile: Hashable, Sendable {
  package let byteCount: Int
  /// The transactions that its two first pages name.
  package let transactions: [UInt64]
  /// How many pages the newest of the two needs; 0 when that is not known.
  package let pageCount: UInt64
  /// What is wrong with it, in sentences without a final stop.
  ///
  /// Pages missing at its end that nothing refers to are not among them: a writer that was killed
  /// may have left them out.
  package let findings: [String]

  /// Reads the data file of the log in a directory.
  package init(
    ofLog path: String, _ options: LogOptions = LogOptions()
  ) throws(LogError) {
    do throws(LogError) {
      try FileCheck.check(directory: path, options)
    } catch {
      // A file that is too short is a finding of its own below.
      guard error.code == .corruption else { throw error }
    }
    let pages: MetaPages
    do throws(LMDBError) {
      pages = try MetaPages(dataFile: path + "/data.mdb")
      findings = try FileCheck.findings(path + "/data.mdb", pages).map(\.description)
    } catch {
      throw LogError(error, doing: "reading \(path)/data.mdb")
    }
    byteCount = pages.fileSize
    transactions = pages.pages.map(\.transactionID)
    let newest = pages.pages.max { $0.transactionID < $1.transactionID }
    pageCount = newest.map { $0.lastPage &+ 1 } ?? 0
  }

  /// The version of LMDB that this program has.
  package static var libraryVersion: String { "\(Environment.libraryVersion)" }
}
