internal import Glibc

/// What is wrong with the start of a data file.
package enum MetaFinding: Hashable, Sendable {
  /// It is a directory, a pipe or the like.
  case notRegularFile
  /// It ends before its second page.
  case tooShort(bytes: Int)
  /// The page is not marked as one that describes the file.
  case notMetaPage(page: Int)
  /// The page doesn't begin as LMDB's do.
  case foreign(page: Int, magic: UInt32)
  /// The page has another version of LMDB's format.
  case format(page: Int, version: UInt32)
  /// The file has pages of another size.
  case pageSize(page: Int, bytes: UInt32)
  /// The page names a transaction that would have written the other one.
  case parity(page: Int, transactionID: UInt64)
  /// The two pages are more than one transaction apart.
  case gap(UInt64, UInt64)
  /// The file had more pages one transaction ago, though files only grow.
  case shrunk(lastPage: UInt64, from: UInt64)
  /// A tree has flags that ours don't have, or a depth that doesn't go with its root.
  case tree(page: Int)
  /// A tree begins outside of the file.
  case root(page: Int, root: UInt64, lastPage: UInt64)
  /// The file ends before its last page.
  case truncated(bytes: Int, expected: UInt64)
}

extension MetaFinding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notRegularFile: "it is not a regular file"
    case .tooShort(let bytes): "it has \(bytes) bytes, fewer than its two first pages"
    case .notMetaPage(let page): "page \(page) does not describe a file"
    case .foreign(let page, let magic):
      "page \(page) begins with \(String(magic, radix: 16)): not an LMDB file"
    case .format(let page, let version): "page \(page) has format \(version) instead of 1"
    case .pageSize(let page, let bytes): "page \(page) says that pages have \(bytes) bytes"
    case .parity(let page, let id): "page \(page) names transaction \(id), which writes the other"
    case .gap(let one, let other): "the first pages are of transactions \(one) and \(other)"
    case .shrunk(let lastPage, let earlier):
      "its last page went from \(earlier) to \(lastPage), though files only grow"
    case .tree(let page): "page \(page) describes a tree that can't be"
    case .root(let page, let root, let lastPage):
      "page \(page) has a tree at page \(root) of \(lastPage)"
    case .truncated(let bytes, let expected):
      "it is truncated: \(bytes) bytes instead of \(expected)"
    }
  }
}

/// The start of a data file, read without mapping it, so that damage is a finding and not a signal.
package struct MetaPages: Hashable, Sendable {
  /// The size of the file.
  package let fileSize: Int
  /// Both pages, or none if the file is too short for them.
  package let pages: [MetaPage]
  private let isRegularFile: Bool

  /// Reads the data file at `path`; a writer may be at work on it.
  ///
  /// This opens no lock file: to close one would drop the locks that LMDB holds in this process.
  package init(dataFile path: String) throws(LMDBError) {
    // A pipe that somebody planted must not make us wait.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw .lastSystemError }
    defer { close(descriptor) }
    let bytes = try Self.stableStart(of: descriptor)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .lastSystemError }
    // The file only grows: its size is taken after the pages that it must satisfy.
    fileSize = Int(status.st_size)
    isRegularFile = status.st_mode & S_IFMT == S_IFREG
    guard bytes.count == 2 * MetaPage.byteCount else {
      pages = []
      return
    }
    let span = unsafe bytes.span.bytes
    pages = [
      MetaPage(index: 0, span.extracting(first: MetaPage.byteCount)),
      MetaPage(index: 1, span.extracting(last: MetaPage.byteCount)),
    ]
  }

  /// Both pages as they were at one moment, or fewer bytes if the file is shorter.
  private static func stableStart(of descriptor: Int32) throws(LMDBError) -> [UInt8] {
    var previous: [UInt8] = []
    // A commit between the reads of the two pages shows as a difference from the next attempt.
    for _ in 0..<16 {
      let current = try start(of: descriptor)
      if areEqual(current, previous) { return current }
      previous = current
    }
    throw .tryAgain
  }

  /// `==` looks at one byte after the other.
  private static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count else { return false }
    return unsafe one.withUnsafeBytes { one in
      unsafe other.withUnsafeBytes { other in
        guard let one = one.baseAddress, let start = other.baseAddress else { return true }
        return unsafe memcmp(one, start, other.count) == 0
      }
    }
  }

  private static func start(of descriptor: Int32) throws(LMDBError) -> [UInt8] {
    var found = 0
    let byteCount = 2 * MetaPage.byteCount
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      found = unsafe pread(descriptor, buffer.baseAddress, byteCount, 0)
      count = max(found, 0)
    }
    // Pipes can't be read at an offset, directories not at all.
    guard found >= 0 || errno == ESPIPE || errno == EISDIR else { throw .lastSystemError }
    return bytes
  }

  /// The page of the last commit, or nil if there is none to be trusted.
  package var newest: MetaPage? {
    guard findings.isEmpty else { return nil }
    return pages.max { one, other in one.transactionID < other.transactionID }
  }

  /// Everything that is wrong; nothing may be read through a map while this is not empty.
  package var findings: [MetaFinding] {
    guard isRegularFile else { return [.notRegularFile] }
    guard pages.count == 2 else { return [.tooShort(bytes: fileSize)] }
    var findings = pages.flatMap(\.findings)
    guard findings.isEmpty else { return findings }
    let (first, second) = (pages[0].transactionID, pages[1].transactionID)
    if max(first, second) - min(first, second) > 1 { findings.append(.gap(first, second)) }
    // As LMDB picks: the first when both are fresh.
    let (newer, older) = first >= second ? (pages[0], pages[1]) : (pages[1], pages[0])
    findings += newer.treeFindings
    let lastPage = newer.lastPage
    if lastPage < older.lastPage {
      findings.append(.shrunk(lastPage: lastPage, from: older.lastPage))
    }
    let pageCount = lastPage.addingReportingOverflow(1)
    let size = pageCount.partialValue.multipliedReportingOverflow(by: UInt64(MetaPage.byteCount))
    let expected = pageCount.overflow || size.overflow ? .max : size.partialValue
    if UInt64(max(fileSize, 0)) < expected {
      findings.append(.truncated(bytes: fileSize, expected: expected))
    }
    return findings
  }
}
