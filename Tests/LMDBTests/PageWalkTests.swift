internal import Glibc
internal import LMDB
import Testing

/// Every page of a file is in one place; what is not as LMDB leaves it is found.
@Suite struct PageWalkTests {
  let log: TemporaryLog

  init() throws { log = try TemporaryLog() }

  private func census() throws -> PageCensus {
    let meta = try #require(MetaPages(dataFile: log.dataFile).newest)
    return try PageWalk.census(dataFile: log.dataFile, of: meta)
  }

  /// What is wrong with the pages that the next commit takes.
  private func nextFreePages() throws -> PageFinding? {
    let descriptor = unsafe open(log.dataFile, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let meta = try #require(
      MetaPages(dataFile: log.dataFile).pages.max { $0.transactionID < $1.transactionID })
    return try FreeList.firstFinding(descriptor, of: meta)
  }

  /// Several tables of either kind of key, long and short values, and many free pages.
  private func filled(rounds: Int, seed: UInt64 = 1) throws {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 1 << 28, noSync: true))
    var numbers = SeededNumbers(state: seed)
    let table = try environment.fill(count: 0)
    for round in 0..<rounds {
      var writing = try environment.beginWrite()
      let names = try writing.openTable("names", integerKeys: false, create: true)
      for _ in 0..<8 {
        let key = UInt64.random(in: 0..<500, using: &numbers)
        let isLarge = Int.random(in: 0..<4, using: &numbers) == 0
        let byteCount = Int.random(in: 0..<(isLarge ? 100_000 : 3000), using: &numbers)
        try writing.put(table, key: key, value: [UInt8](repeating: 1, count: byteCount))
        let name = [UInt8](
          repeating: UInt8(truncatingIfNeeded: key), count: 1 + Int(key % 511))
        try writing.put(names, key: name, value: [UInt8](repeating: 2, count: byteCount % 1500))
        if Bool.random(using: &numbers) { try writing.delete(table, key: key) }
      }
      try writing.commit()
      let found = try census()
      #expect(found.findings == [], "seed \(seed), round \(round)")
      #expect(found.used + found.free + 2 == found.pages, "seed \(seed), round \(round)")
      #expect(try nextFreePages() == nil, "seed \(seed), round \(round)")
    }
  }

  @Test func `every page of a healthy file is in use or free`() throws {
    try filled(rounds: 60)
    let found = try census()
    #expect(found.trees == 4 && found.free > 100 && found.used > 500, "\(found)")
    #expect(found.unused == 0 && found.isReadable && !found.refersToLostPages)
  }

  @Test func `an empty file and copies are healthy`() throws {
    do { _ = try log.open().info() }
    #expect(try census().pages == 2)
    let environment = try log.open()
    for commit in 1...4 { _ = try environment.fill(from: UInt64(commit * 1000), count: 900) }
    for compact in [true, false] {
      unsafe mkdir(log.path + "/copy", 0o700)
      try environment.copy(to: log.path + "/copy", compact: compact)
      let meta = try #require(MetaPages(dataFile: log.path + "/copy/data.mdb").newest)
      let found = try PageWalk.census(dataFile: log.path + "/copy/data.mdb", of: meta)
      #expect(found.findings == [] && (found.free == 0) == compact)
      unsafe unlink(log.path + "/copy/data.mdb")
    }
  }

  /// The newest first page, the file's bytes, and its tree pages by kind.
  private struct Healthy {
    var meta: MetaPage
    var bytes: [UInt8]
    var root: Int { Int(meta.mainRoot) * 4096 }
    var freeRoot: Int { Int(meta.freeRoot) * 4096 }
    var metaPlace: Int { meta.index * 4096 }

    func number(_ offset: Int, _ byteCount: Int) -> Int {
      bytes[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    /// Where the entry of a page begins.
    func entry(_ page: Int, _ index: Int) -> Int { page + number(page + 16 + 2 * index, 2) }
    /// Where its value begins.
    func value(_ page: Int, _ index: Int) -> Int {
      let entry = entry(page, index)
      return entry + 8 + number(entry + 6, 2)
    }
  }

  private func healthy() throws -> Healthy {
    do {
      let environment = try log.open()
      _ = try environment.fill(count: 300)
      _ = try environment.fill(from: 1000, count: 3, byteCount: 9000)
      for commit in 1...5 { _ = try environment.fill(from: UInt64(2000 + commit), count: 1) }
    }
    return Healthy(
      meta: try #require(MetaPages(dataFile: log.dataFile).newest),
      bytes: try contents(of: log.dataFile))
  }

  /// The findings after a change of some bytes.
  private func findings(
    _ file: Healthy, _ offset: Int, _ bytes: [UInt8]
  ) throws -> [PageFinding] {
    try overwrite(log.dataFile, with: file.bytes)
    try overwrite(log.dataFile, at: offset, with: bytes)
    return try census().findings
  }

  @Test func `each kind of damage to a table is found`() throws {
    let file = try healthy()
    func faults(_ offset: Int, _ bytes: [UInt8]) throws -> [PageFault] {
      try findings(file, offset, bytes).map(\.fault)
    }
    // The one table's tree: a branch and its leaves.
    let record = file.value(file.root, 0)
    let page = file.number(record + 40, 8) * 4096
    let leaf = file.number(file.entry(page, 0), 4) * 4096
    let second = file.entry(page, 1)
    #expect(try faults(file.root, [1, 2]) == [.misplaced(says: 513)])
    #expect(try faults(file.root + 10, [0]) == [.kind(flags: 0)])
    #expect(try faults(file.root + 12, [15, 0]) == [.bounds])
    #expect(try faults(file.root + 14, [1, 17]) == [.bounds])
    #expect(try faults(page + 16, [1, 0]) == [.entry(0)])
    #expect(try faults(page + 18, Array(file.bytes[page + 16..<page + 18])) == [.entry(1)])
    // The first entry of the branch leads where the second does.
    let elsewhere = Array(file.bytes[second..<second + 4])
    #expect(try faults(file.entry(page, 0), elsewhere).contains(.order(1)))
    #expect(try faults(second + 8, [0, 0]).contains(.order(1)))
    #expect(try faults(file.entry(leaf, 1) + 8, [1]) == [.order(1)])
    #expect(
      try faults(record + 40, [UInt8(file.meta.freeRoot & 0xFF), 0]).contains(.shared))
    #expect(
      try faults(record + 40, [0, 0, 0, 1]) == [.outside(lastPage: file.meta.lastPage)])
    #expect(try faults(record + 4, [4]) == [.table("numbers")])
    #expect(try Set(faults(record + 6, [3])) == [.level(2)])
    let entries = UInt64(file.number(record + 32, 8))
    #expect(
      try faults(record + 32, [UInt8(entries & 0xFF) ^ 1])
        == [.count("entries", says: entries ^ 1, found: entries)])
    // Nothing is found where nothing is wrong.
    #expect(try faults(page, [file.bytes[page]]) == [])
  }

  @Test func `each kind of damage to a long value is found`() throws {
    let file = try healthy()
    let place = try #require(
      stride(from: 8192, to: file.bytes.count, by: 4096).first {
        file.bytes[$0 + 10] == 4 && file.number($0, 8) == $0 / 4096
      })
    func faults(_ offset: Int, _ bytes: [UInt8]) throws -> [PageFault] {
      try findings(file, place + offset, bytes).map(\.fault)
    }
    #expect(try faults(0, [0xFF]).count == 1)
    #expect(try faults(10, [1]) == [.kind(flags: 1)])
    #expect(try faults(12, [1]) == [.bounds])
    #expect(try faults(12, [0xFF, 0xFF]).isEmpty == false)
  }

  @Test func `damage to the list of free pages is found, and is no damage to the tables`() throws {
    let file = try healthy()
    let main = file.meta.mainRoot
    func number(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(value >> ($0 * 8) & 0xFF) } }
    let list = file.value(file.freeRoot, 0)
    #expect(file.number(list, 8) >= 1)
    // A page that is in use: the next commit would write over it.
    let inUse = try findings(file, list, number(1) + number(main))
    #expect(inUse.map(\.fault) == [.usedAndFree] && inUse.map(\.page) == [main])
    // From the list alone it can't be seen that a page is in use.
    #expect(try nextFreePages() == nil)
    for bytes in [number(1 << 20), number(1) + number(1), number(1) + number(1 << 40)] {
      let found = try findings(file, list, bytes)
      #expect(found.map(\.page) == [file.meta.freeRoot] && found[0].owner == .freePages)
      #expect(try nextFreePages() == found[0])
    }
    // Its tree begins in the tables: nothing else in the file tells.
    let other = try findings(file, file.metaPlace + 80, number(main))
    #expect(other.map(\.fault) == [.shared] && other.map(\.page) == [main])
    #expect(try census().isReadable && nextFreePages()?.owner == .freePages)
    _ = try findings(file, file.root + 10, [0])
    #expect(try census().isReadable == false)
  }

  @Test func `no flipped bit of the list of free pages goes by if it could do harm`() throws {
    let file = try healthy()
    let count = file.number(file.freeRoot + 12, 2)
    let entries = (count - 16) / 2
    #expect(entries >= 1)
    var unnoticed: [Int] = []
    for index in 0..<entries {
      let list = file.value(file.freeRoot, index)
      // How many there are, and each of them.
      for bit in 0..<8 * 8 * (1 + file.number(list, 8)) {
        let place = list + bit / 8
        try overwrite(log.dataFile, with: file.bytes)
        try overwrite(log.dataFile, at: place, with: [file.bytes[place] ^ 1 << (bit % 8)])
        let found = try census()
        // Pages that were left out of the list are wasted, which does no harm.
        let isHarmless = bit < 64 && found.unused > 0
        if found.findingCount == 0, !isHarmless { unnoticed.append(place) }
      }
    }
    #expect(unnoticed == [])
  }

  @Test func `a walk without a snapshot goes astray`() throws {
    let environment = try log.open(EnvironmentOptions(noSync: true))
    _ = try environment.fill(count: 300)
    let meta = try #require(MetaPages(dataFile: log.dataFile).newest)
    for commit in UInt64(1)...20 { _ = try environment.fill(from: 1000 * commit, count: 100) }
    #expect(try PageWalk.census(dataFile: log.dataFile, of: meta).findingCount > 0)
  }
}
