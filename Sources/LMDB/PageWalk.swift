internal import Glibc

/// Follows the trees of a data file without mapping it.
///
/// A short file is either one that lost pages or one whose writer was killed before it added pages
/// that nothing refers to. Only a walk can tell. In LMDB 0.9.24 a page of zeros in the place of a
/// lost one would end the process where a cursor steps onto it.
package enum PageWalk {
  /// Whether the newest commit refers to a page that the file does not have, or to none at all.
  ///
  /// Nobody must write to the file meanwhile.
  ///
  /// - Complexity: reads every page of every tree.
  package static func refersBeyondEnd(
    dataFile path: String, of meta: MetaPage
  ) throws(LMDBError) -> Bool {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .lastSystemError }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .lastSystemError }
    let pageCount = UInt64(max(0, status.st_size)) / UInt64(MetaPage.byteCount)
    var pending = [meta.freeRoot, meta.mainRoot].filter { $0 != MetaPage.noRoot }
    var visited: UInt64 = 0
    while let number = pending.popLast() {
      visited += 1
      // More pages than there are: the trees are not trees.
      guard number < pageCount, visited <= pageCount,
        let page = TreePage(descriptor, number)
      else { return true }
      guard let (pages, runs) = page.references else { return true }
      pending += pages
      for run in runs where run.first >= pageCount || run.count > pageCount - run.first {
        return true
      }
    }
    return false
  }
}

/// One page of a tree.
private struct TreePage {
  /// Pages in a row that hold one long value.
  struct Run {
    var first: UInt64
    var count: UInt64
  }

  private static let headerByteCount = 16
  private static let nodeHeaderByteCount = 8
  private static let branch: UInt16 = 1
  private static let leaf: UInt16 = 2
  private static let longValue: UInt16 = 1
  private static let subtree: UInt16 = 2

  private let bytes: [UInt8]

  /// Nil when the page can't be read.
  init?(_ descriptor: Int32, _ number: UInt64) {
    var bytes = [UInt8](repeating: 0, count: MetaPage.byteCount)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(
        descriptor, $0.baseAddress, $0.count, off_t(number) * off_t(MetaPage.byteCount))
    }
    guard count == bytes.count else { return nil }
    self.bytes = bytes
  }

  private func integer<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> T? {
    let byteCount = T.bitWidth / 8
    guard offset >= 0, offset <= bytes.count - byteCount else { return nil }
    return bytes[offset..<offset + byteCount].reversed().reduce(T(0)) { $0 << 8 | T($1) }
  }

  /// The pages and runs that its entries name; nil when it is no page of a tree.
  var references: (pages: [UInt64], runs: [Run])? {
    guard let flags = integer(10, UInt16.self), let end = integer(12, UInt16.self),
      Int(end) >= Self.headerByteCount, Int(end) <= bytes.count,
      flags == Self.branch || flags == Self.leaf
    else { return nil }
    var pages: [UInt64] = []
    var runs: [Run] = []
    for place in stride(from: Self.headerByteCount, to: Int(end), by: 2) {
      guard let node = integer(place, UInt16.self).map({ Int($0) }),
        let low = integer(node, UInt32.self), let nodeFlags = integer(node + 4, UInt16.self),
        let keyByteCount = integer(node + 6, UInt16.self)
      else { return nil }
      let value = node + Self.nodeHeaderByteCount + Int(keyByteCount)
      if flags == Self.branch {
        pages.append(UInt64(low) | UInt64(nodeFlags) << 32)
      } else if nodeFlags & Self.longValue != 0 {
        guard let first = integer(value, UInt64.self) else { return nil }
        let byteCount = UInt64(low) + UInt64(Self.headerByteCount)
        let count = (byteCount + UInt64(MetaPage.byteCount) - 1) / UInt64(MetaPage.byteCount)
        runs.append(Run(first: first, count: count))
      } else if nodeFlags & Self.subtree != 0 {
        guard let root = integer(value + 40, UInt64.self) else { return nil }
        if root != MetaPage.noRoot { pages.append(root) }
      }
    }
    return (pages, runs)
  }
}
