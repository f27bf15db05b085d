internal import Glibc
internal import LMDB
import Testing

@Suite struct MetaPagesTests {
  let log: TemporaryLog

  init() throws { log = try TemporaryLog() }

  @Test func `a healthy file has no findings after any number of commits`() throws {
    let environment = try log.open()
    #expect(try MetaPages(dataFile: log.dataFile).findings == [])
    for commit in 1...20 {
      _ = try environment.fill(from: UInt64(commit * 10), count: 7, byteCount: 3000)
      let meta = try MetaPages(dataFile: log.dataFile)
      #expect(meta.findings == [])
      #expect(meta.newest?.transactionID == UInt64(commit))
      #expect(try meta.newest?.lastPage == UInt64(environment.info().lastPage))
      #expect(meta.newest?.index == commit % 2)
    }
  }

  @Test func `copies are healthy files`() throws {
    let environment = try log.open()
    for commit in 1...4 { _ = try environment.fill(from: UInt64(commit * 1000), count: 900) }
    for compact in [true, false] {
      unsafe mkdir(log.path + "/copy", 0o700)
      try environment.copy(to: log.path + "/copy", compact: compact)
      #expect(try MetaPages(dataFile: log.path + "/copy/data.mdb").findings == [])
      unsafe unlink(log.path + "/copy/data.mdb")
    }
  }

  /// LMDB alone leaves files short after such transactions.
  @Test func `a file is as long as it says after pages were taken and freed at once`() throws {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 1 << 28, noSync: true))
    let seed: UInt64 = 1
    var numbers = SeededNumbers(state: seed)
    let table = try environment.fill(count: 0)
    for round in 0..<400 {
      var writing = try environment.beginWrite()
      for _ in 0..<8 {
        let key = UInt64.random(in: 0..<500, using: &numbers)
        let isLarge = Int.random(in: 0..<4, using: &numbers) == 0
        let byteCount = Int.random(in: 0..<(isLarge ? 100_000 : 3000), using: &numbers)
        try writing.put(table, key: key, value: [UInt8](repeating: 1, count: byteCount))
        if Bool.random(using: &numbers) { try writing.delete(table, key: key) }
      }
      try writing.commit()
      #expect(try MetaPages(dataFile: log.dataFile).findings == [], "seed \(seed), round \(round)")
    }
  }

  @Test func `damage to the first pages is found before anything is mapped`() throws {
    do {
      let environment = try log.open()
      for commit in 1...3 { _ = try environment.fill(from: UInt64(commit * 100), count: 50) }
    }
    let healthy = try contents(of: log.dataFile)
    func findings(_ offset: Int, _ bytes: [UInt8]) throws -> [MetaFinding] {
      try overwrite(log.dataFile, with: healthy)
      try overwrite(log.dataFile, at: offset, with: bytes)
      return try MetaPages(dataFile: log.dataFile).findings
    }
    let four: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0]
    let far: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0]
    #expect(try findings(0, [healthy[0]]) == [])
    #expect(try findings(10, [0]) == [.notMetaPage(page: 0)])
    #expect(try findings(4096, [7]) == [.notMetaPage(page: 1)])
    #expect(try findings(16, [0xDF]) == [.foreign(page: 0, magic: 0xBEEF_C0DF)])
    #expect(try findings(4096 + 20, [2]) == [.format(page: 1, version: 2)])
    #expect(try findings(40, [0, 32]) == [.pageSize(page: 0, bytes: 8192)])
    #expect(try findings(4096 + 144, four) == [.parity(page: 1, transactionID: 4)])
    #expect(try findings(4096 + 44, [4]) == [.tree(page: 1)])
    #expect(try findings(4096 + 92, [4]) == [.tree(page: 1)])
    #expect(try findings(4096 + 94, [0]) == [.tree(page: 1)])
    #expect(try findings(4096 + 95, [1]) == [.tree(page: 1)])
    let pages = try MetaPages(dataFile: log.dataFile).pages
    let (older, newer) = (pages[0].lastPage, pages[1].lastPage)
    #expect(try findings(144, [8]) == [.gap(8, 3), .shrunk(lastPage: older, from: newer)])
    // Page 1 now seems to be the older one: the last commit would be lost silently.
    #expect(
      try findings(4096 + 144, [1]) == [.shrunk(lastPage: older, from: newer)])
    #expect(
      try findings(4096 + 128, far) == [.root(page: 1, root: 1 << 32, lastPage: newer)])
    // A commit that failed half way leaves its roots in the older page: nobody follows them.
    #expect(try findings(44, [4]) == [])
    #expect(try findings(128, far) == [])
    #expect(
      try findings(4096 + 136, far) == [
        .truncated(bytes: healthy.count, expected: ((1 << 32) + 1) * 4096)
      ])
    #expect(
      try findings(4096 + 136, [UInt8](repeating: 0xFF, count: 8)) == [
        .truncated(bytes: healthy.count, expected: .max)
      ])
  }

  @Test func `a file that is being written has no findings`() async throws {
    let environment = try log.open(EnvironmentOptions(noSync: true))
    async let writing: Void = {
      for commit in UInt64(1)...500 { _ = try environment.fill(from: commit * 10, count: 5) }
    }()
    var previous: UInt64 = 0
    while previous < 500 {
      let meta = try MetaPages(dataFile: log.dataFile)
      #expect(meta.findings == [])
      let current = try #require(meta.newest?.transactionID)
      #expect(current >= previous)
      previous = current
      await Task.yield()
    }
    try await writing
  }

  @Test func `a truncated file, and one that is none, are found`() throws {
    do { _ = try log.open().fill(count: 500) }
    let size = try contents(of: log.dataFile).count
    for length in [size - 1, size - 4096, 8192] {
      unsafe truncate(log.dataFile, length)
      let findings = try MetaPages(dataFile: log.dataFile).findings
      #expect(findings == [.truncated(bytes: length, expected: UInt64(size))])
    }
    for length in [8191, 4096, 1, 0] {
      unsafe truncate(log.dataFile, length)
      let meta = try MetaPages(dataFile: log.dataFile)
      #expect(meta.findings == [.tooShort(bytes: length)])
      #expect(meta.newest == nil)
    }
    #expect(try MetaPages(dataFile: log.path).findings == [.notRegularFile])
    unsafe mkfifo(log.path + "/link", 0o600)
    #expect(try MetaPages(dataFile: log.path + "/link").findings == [.notRegularFile])
    unsafe unlink(log.path + "/link")
    unsafe symlink(log.dataFile, log.path + "/link")
    let followed = failure { () throws(LMDBError) in
      _ = try MetaPages(dataFile: log.path + "/link")
    }
    #expect(followed == LMDBError(rawValue: ELOOP))
  }

  @Test func `a damaged page is an error, not a missing value`() throws {
    let table: Table
    do { table = try log.open().fill(count: 2000) }
    let main = try #require(MetaPages(dataFile: log.dataFile).newest?.mainRoot)
    try overwrite(log.dataFile, at: Int(main) * 4096 + 10, with: [0, 0])
    let environment = try log.open()
    let found = failure { () throws(LMDBError) in
      let reading = try environment.beginRead()
      _ = try reading.openTable("numbers", integerKeys: true)
    }
    #expect(found == .corrupted)
    #expect(table.hasIntegerKeys)
  }

  @Test func `a commit of one value writes few pages, an empty one none`() throws {
    let environment = try log.open()
    _ = try environment.fill(count: 2000)
    _ = try environment.fill(from: 2001, count: 1)
    let before = try PageImage(dataFile: log.dataFile)
    _ = try environment.fill(from: 2002, count: 1)
    let after = try PageImage(dataFile: log.dataFile)
    // A meta page, the main leaf, the way down the table, and the record of freed pages.
    let changed = after.pagesChanged(since: before)
    #expect((4...7).contains(changed.count), "\(changed)")
    #expect(changed.contains(1))
    do { _ = try environment.beginWrite().commit() }
    #expect(try PageImage(dataFile: log.dataFile).pagesChanged(since: after) == [])
  }
}

/// A seeded source of numbers (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
