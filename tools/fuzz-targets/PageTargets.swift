internal import Glibc
internal import LMDB

/// A whole data file with free pages, long values and a tree of two levels; the input says which of
/// its bytes are others: place, count, bytes, and again.
///
/// The walk of the pages is total, sees the same twice, and finds nothing in the file as it was.
@Sendable func fuzzPages(_ bytes: [UInt8]) {
  var image = PageScratch.image
  var rest = bytes[...]
  var isChanged = false
  while rest.count > 3 {
    let place = (0..<3).reduce(0) { place, _ in place << 8 | Int(rest.removeFirst()) } % image.count
    let count = min(Int(rest.removeFirst() & 15) + 1, rest.count, image.count - place)
    for index in 0..<count {
      let byte = rest.removeFirst()
      isChanged = isChanged || image[place + index] != byte
      image[place + index] = byte
    }
  }
  // What is left over cuts the file.
  let length = rest.count == 3 ? image.count - Int(rest.removeFirst()) * 512 : image.count
  PageScratch.write(image[..<max(0, min(length, image.count))])
  guard let pages = try? MetaPages(dataFile: PageScratch.path) else { fail("can't read the file") }
  let findings = pages.findings
  promise(findings == pages.findings, "the first pages are judged differently")
  for finding in findings { promise(!"\(finding)".isEmpty, "a finding without words") }
  for page in pages.pages {
    guard let census = try? PageWalk.census(dataFile: PageScratch.path, of: page) else {
      fail("can't walk through the file")
    }
    promise(census.findings.count <= PageCensus.findingsMax, "too many findings")
    promise(census.findingCount >= census.findings.count, "findings are miscounted")
    promise(census.isReadable || census.findingCount > 0, "unreadable without a finding")
    if !isChanged, length == image.count, page == pages.newest {
      promise(census.findings.isEmpty, "the file as it was: \(census.findings)")
    }
  }
  let descriptor = unsafe open(PageScratch.path, O_RDONLY | O_CLOEXEC)
  defer { close(descriptor) }
  if let newest = pages.newest { _ = try? FreeList.firstFinding(descriptor, of: newest) }
}

/// Where the file of the page target is.
private enum PageScratch {
  private static var directory: String { FuzzScratch.path }
  static var path: String { directory + "/fuzzed" }

  /// The bytes of a file that LMDB wrote.
  static let image: [UInt8] = {
    do throws(LMDBError) { try make() } catch { fail("can't make a data file: \(error)") }
    let descriptor = unsafe open(directory + "/data.mdb", O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    guard count > 0 else { fail("can't read the data file") }
    return Array(bytes[..<count])
  }()

  private static func make() throws(LMDBError) {
    let environment = try Environment(path: directory, options: EnvironmentOptions(noSync: true))
    for round in UInt64(0)..<3 {
      var transaction = try environment.beginWrite()
      let numbers = try transaction.openTable("numbers", integerKeys: true, create: true)
      let names = try transaction.openTable("names", integerKeys: false, create: true)
      for key in 0..<UInt64(24) {
        let size = key == 7 ? 9000 : 100
        let value = [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: size)
        try transaction.put(numbers, key: round * 24 + key + 1, value: value, append: true)
        try transaction.put(names, key: Array("name \(key)".utf8), value: value)
      }
      try transaction.commit()
    }
  }

  static func write(_ bytes: ArraySlice<UInt8>) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    let count = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    promise(count == bytes.count, "can't write the file")
  }
}
