internal import Glibc

/// A data file at one moment, to be compared with a later one page by page.
package struct PageImage {
  private let bytes: [UInt8]

  package static let pageByteCount = 4096

  package init(dataFile path: String) throws(FileFailure) { bytes = try Files.read(path) }

  package var pageCount: Int { bytes.count / Self.pageByteCount }

  /// The pages that now have other bytes than in `earlier`: what the commits between them wrote.
  package func pagesChanged(since earlier: PageImage) -> [Int] {
    (0..<pageCount).filter { !hasEqualPage($0, earlier) }
  }

  private func hasEqualPage(_ page: Int, _ other: PageImage) -> Bool {
    let start = page * Self.pageByteCount
    guard start + Self.pageByteCount <= other.bytes.count else { return false }
    return unsafe bytes.withUnsafeBytes { mine in
      unsafe other.bytes.withUnsafeBytes { theirs in
        guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else {
          return false
        }
        return unsafe memcmp(mine + start, theirs + start, Self.pageByteCount) == 0
      }
    }
  }
}
