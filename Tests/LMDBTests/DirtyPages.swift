internal import LMDB

/// A data file at one moment, to be compared with a later one page by page.
struct PageImage {
  private let bytes: [UInt8]

  init(dataFile path: String) throws(LMDBError) { bytes = try contents(of: path) }

  var pageCount: Int { bytes.count / MetaPage.byteCount }

  private func page(_ number: Int) -> ArraySlice<UInt8> {
    let start = number * MetaPage.byteCount
    return start < bytes.count ? bytes[start..<min(start + MetaPage.byteCount, bytes.count)] : []
  }

  /// The pages that were written since `earlier` with other bytes than they had.
  func pagesChanged(since earlier: PageImage) -> [Int] {
    (0..<pageCount).filter { number in page(number) != earlier.page(number) }
  }
}
