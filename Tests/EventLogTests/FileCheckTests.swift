internal import EventLog
internal import Events
internal import Glibc
internal import LMDB
internal import TestSupport
import Testing

/// What is wrong with a log's files is said in a sentence, never by a signal.
@Suite struct FileCheckTests {
  /// Makes a log of some events, has `damage` done to its directory, and tries to open it.
  private func opening(
    _ directory: TemporaryDirectory, after damage: (String) throws -> Void
  ) throws -> LogError? {
    let path = directory("log")
    try LMDBLog.create(path, identity: Bench.identity)
    try damage(path)
    do throws(LogError) {
      let log = try LMDBLog(opening: path)
      _ = try LogDump(of: log)
      return nil
    } catch { return error }
  }

  @Test func `an undamaged log opens`() throws {
    #expect(try opening(TemporaryDirectory()) { _ in } == nil)
  }

  @Test func `a missing log is not found`() throws {
    #expect(try opening(TemporaryDirectory()) { Files.removeTree($0) }?.code == .notFound)
    #expect(
      try opening(TemporaryDirectory()) { Files.remove($0 + "/data.mdb") }?.code == .notFound)
  }

  @Test func `opening a missing log makes nothing`() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: LogError.self) { _ = try LMDBLog(opening: directory("log")) }
    try Files.makeDirectory(directory("empty"))
    #expect(throws: LogError.self) { _ = try LMDBLog(opening: directory("empty")) }
    #expect(Files.names(in: directory.path) == ["empty"])
    #expect(Files.names(in: directory("empty")).isEmpty)
  }

  @Test func `a file in the place of the directory is refused`() throws {
    let error = try opening(TemporaryDirectory()) { path in
      Files.removeTree(path)
      try Files.write(path, [1, 2, 3])
    }
    #expect(error?.code == .unsafe)
  }

  @Test func `links and other things that somebody may have put there are refused`() throws {
    let linked = try opening(TemporaryDirectory()) { path in
      try Files.move(path, to: path + ".real")
      unsafe symlink(path + ".real", path)
    }
    #expect(linked?.code == .unsafe)
    for name in ["/data.mdb", "/lock.mdb"] {
      let symbolic = try opening(TemporaryDirectory()) { path in
        try? Files.write(path + "/lock.mdb", [])
        try Files.move(path + name, to: path + ".moved")
        unsafe symlink(path + ".moved", path + name)
      }
      #expect(symbolic?.code == .unsafe, "\(name)")
      let hard = try opening(TemporaryDirectory()) { path in
        try? Files.write(path + "/lock.mdb", [])
        unsafe link(path + name, path + ".link")
      }
      #expect(hard?.code == .unsafe, "\(name)")
      let pipe = try opening(TemporaryDirectory()) { path in
        Files.remove(path + name)
        unsafe mkfifo(path + name, 0o600)
      }
      #expect(pipe?.code == .unsafe, "\(name)")
      let folder = try opening(TemporaryDirectory()) { path in
        Files.remove(path + name)
        try Files.makeDirectory(path + name)
      }
      #expect(folder?.code == .unsafe, "\(name)")
    }
  }

  @Test func `a data file that was cut anywhere is damaged`() throws {
    let whole = try TemporaryDirectory()
    #expect(try opening(whole) { _ in } == nil)
    let byteCount = try Files.byteCount(whole("log/data.mdb"))
    for cut in Set([0, 1, 100, 4095, 4096, 8191, 8192, byteCount - 4096, byteCount - 1]) {
      let error = try opening(TemporaryDirectory()) { try Files.truncate($0 + "/data.mdb", cut) }
      #expect(error?.code == .corruption, "cut at \(cut) of \(byteCount)")
    }
  }

  @Test func `a log that lost pages at its end is refused, or reads as before`() throws {
    let bench = try Bench(.lmdb)
    let text = String(repeating: "x", count: 9000)
    for batch in 0..<3 {
      try bench.append(
        all: (0..<300).map { #"{"type":"thing_noted","payload":{"id":"\#($0 * 7 + batch)"}}"# })
      try bench.append(#"{"type":"thing_noted","payload":{"id":"long","text":"\#(text)"}}"#)
    }
    let whole = try bench.dump()
    bench.close()
    let directory = try TemporaryDirectory()
    let byteCount = try Files.byteCount(bench.path + "/data.mdb")
    var refusals = 0
    for pages in Array(1...40) + [byteCount / 8192, byteCount / 4096 - 3] {
      let copy = directory("copy\(pages)")
      try Files.copyDirectory(bench.path, to: copy)
      Files.remove(copy + "/lock.mdb")
      try Files.truncate(copy + "/data.mdb", byteCount - pages * 4096)
      do throws(LogError) {
        // Pages that nothing refers to are no loss.
        #expect(try LogDump(of: LMDBLog(opening: copy)) == whole, "without \(pages) pages")
      } catch {
        refusals += 1
        #expect(error.code == .corruption, "without \(pages) pages: \(error)")
        // What is left is evidence: it stays as it was.
        #expect(try Files.byteCount(copy + "/data.mdb") == byteCount - pages * 4096)
      }
    }
    #expect(refusals >= 30)
  }

  @Test func `pages that nothing refers to may be missing at the end`() throws {
    // As a writer leaves it that is killed between its commit and the growth of the file.
    let bench = try Bench(.lmdb)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    let whole = try bench.dump()
    bench.close()
    let path = bench.path + "/data.mdb"
    let byteCount = try Files.byteCount(path)
    let pages = try PageImage(dataFile: path)
    #expect(pages.pageCount * 4096 == byteCount)
    // Nothing refers to a page behind the last one.
    var meta = try Files.read(path)
    for place in [136, 4096 + 136] { meta[place] += 3 }
    try Files.write(path, meta)
    try bench.reopen()
    #expect(try bench.dump() == whole)
    #expect(try Files.byteCount(path) == byteCount + 3 * 4096)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    #expect(try bench.dump().head.position == Position(2))
  }

  @Test func `a log whose free pages are no list is read, and not written to`() throws {
    let bench = try Bench(.lmdb)
    for _ in 0..<5 { try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#) }
    let whole = try bench.dump()
    bench.close()
    let path = bench.path + "/data.mdb"
    let healthy = try Files.read(path)
    func number(_ place: Int) -> Int {
      healthy[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    // The last entry of the newest list's page lies elsewhere.
    let root = number((number(144) > number(4096 + 144) ? 0 : 4096) + 80) * 4096
    var damaged = healthy
    damaged[root + 17] ^= 0x10
    try Files.write(path, damaged)
    let error = #expect(throws: LogError.self) { _ = try LMDBLog(opening: bench.path) }
    #expect(error?.code == .corruption && error?.message.contains("free pages") == true)
    var options = LogOptions()
    options.isReadOnly = true
    do {
      let log = try LMDBLog(opening: bench.path, options)
      #expect(try LogDump(of: log) == whole)
    }
    try Files.write(path, healthy)
    try bench.reopen()
    #expect(try bench.dump() == whole)
  }

  @Test func `a file that is no log is said to be none`() throws {
    let garbage = try opening(TemporaryDirectory()) { path in
      try Files.write(path + "/data.mdb", [UInt8](repeating: 0x5A, count: 16384))
    }
    #expect(garbage?.code == .corruption)
    let foreign = try opening(TemporaryDirectory()) { path in
      Files.remove(path + "/data.mdb")
      let environment = try Environment(path: path)
      var transaction = try environment.beginWrite()
      let table = try transaction.openTable("mine", integerKeys: false, create: true)
      try transaction.put(table, key: [1], value: [2])
      try transaction.commit()
    }
    #expect(foreign?.code == .corruption)
  }
}
