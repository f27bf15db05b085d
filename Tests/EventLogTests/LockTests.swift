internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import LMDB
internal import TestSupport
import Testing

@Suite struct LockTests {
  private let line = #"{"type":"thing_noted","payload":{"id":"a"}}"#

  private func milliseconds(_ body: () throws -> Void) rethrows -> Int {
    let start = ContinuousClock.now
    try body()
    return Int((ContinuousClock.now - start) / .milliseconds(1))
  }

  @Test func `a process has a log open once`() throws {
    let bench = try Bench(.lmdb)
    let error = #expect(throws: LogError.self) { _ = try LMDBLog(opening: bench.path) }
    #expect(error?.code == .busy)
    bench.close()
    _ = try LMDBLog(opening: bench.path)
  }

  @Test func `a log that others hold is busy after the wait, and nothing is written`() throws {
    let bench = try Bench(.lmdb)
    try bench.append(line)
    let before = try bench.dump()
    let descriptor = unsafe open(bench.path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    for wait in [0, 30, 300] {
      var options = AppendOptions()
      options.waitNanoseconds = Int64(wait) * 1_000_000
      // The machine may be busy as well: the best of three counts.
      let best =
        (0..<3).map { _ in
          milliseconds {
            let error = #expect(throws: LogError.self) { try bench.append(line, options) }
            #expect(error?.code == .busy)
            #expect(error?.message.contains("is held by process \(getpid()) (") == true)
          }
        }.min() ?? 0
      #expect(best >= wait && best < wait + 100, "waited \(best) ms of \(wait)")
    }
    #expect(try bench.dump() == before)
    flock(descriptor, LOCK_UN)
    #expect(try bench.append(line).position == Position(2))
  }

  @Test func `readers do not wait for a writer`() throws {
    let bench = try Bench(.lmdb)
    try bench.append(line)
    let descriptor = unsafe open(bench.path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(try bench.engine.head().position == Position(1))
    try bench.reopen()
    #expect(try bench.engine.head().position == Position(1))
  }

  @Test func `the lock is free again after every append, also a refused one`() throws {
    let bench = try Bench(.lmdb)
    let descriptor = unsafe open(bench.path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var dry = AppendOptions()
    dry.isDryRun = true
    try bench.append(line)
    try bench.append(line, dry)
    #expect(throws: LogError.self) {
      try bench.append(#"{"type":"thing_noted","payload":{"id":"a"},"expect":9}"#)
    }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
  }

  @Test(arguments: [false, true])
  func `a lock file that is gone or another one stops every write`(isReplaced: Bool) throws {
    let bench = try Bench(.lmdb)
    try bench.append(line)
    let before = try PageImage(dataFile: bench.path + "/data.mdb")
    Files.remove(bench.path + "/lock.mdb")
    if isReplaced { try Files.write(bench.path + "/lock.mdb", [UInt8](repeating: 0, count: 8192)) }
    for _ in 0..<3 {
      let error = #expect(throws: LogError.self) { try bench.append(line) }
      #expect(error?.code == .unsafe)
    }
    let after = try PageImage(dataFile: bench.path + "/data.mdb")
    #expect(after.pagesChanged(since: before).isEmpty)
    try bench.reopen()
    #expect(try bench.append(line).position == Position(2))
  }

  @Test func `LMDB alone would go on writing without its lock file`() throws {
    // Why the test above is needed: without the log's own check nobody would notice.
    let bench = try Bench(.lmdb)
    bench.close()
    let environment = try Environment(path: bench.path)
    Files.remove(bench.path + "/lock.mdb")
    var transaction = try environment.beginWrite()
    let table = try transaction.openTable("log", integerKeys: true, create: false)
    try transaction.put(table, key: 1, value: [1])
    // It throws nothing.
    try transaction.commit()
  }

  @Test func `a log that is open for reading only refuses to write`() throws {
    let bench = try Bench(.lmdb)
    try bench.append(line)
    bench.close()
    var options = LogOptions()
    options.isReadOnly = true
    let log = try LMDBLog(opening: bench.path, options)
    #expect(try LogDump(of: log).head.position == Position(1))
    let engine = Engine(log: log, catalog: bench.catalog)
    let error = #expect(throws: LogError.self) { try engine.append(bench.draft(line)) }
    #expect(error?.code == .cannotWrite)
  }
}
