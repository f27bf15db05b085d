internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import TestSupport
import Testing

/// Copies of a log, and what comes in its place while it is open.
@Suite struct CopyTests {
  private func log(_ directory: TemporaryDirectory, _ name: String = "log") throws -> LMDBLog {
    try LMDBLog.create(directory(name), identity: Bench.identity)
    return try LMDBLog(opening: directory(name))
  }

  /// The number of a file in its file system.
  private func node(_ path: String) -> UInt64 {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  @Test func `a copy has the log's events and nothing beside it`() throws {
    let directory = try TemporaryDirectory()
    let log = try log(directory)
    let copy = try log.backUp(to: directory("copy"))
    #expect(copy.head == (try log.head()))
    #expect(Files.names(in: directory("copy")) == ["data.mdb"])
    #expect(try Files.mode(directory("copy/data.mdb")) == 0o600)
    #expect(try Files.mode(directory("copy")) == 0o700)
    #expect(try LMDBLog(opening: directory("copy")).identity == log.identity)
    let error = #expect(throws: LogError.self) { try log.backUp(to: directory("copy")) }
    #expect(error?.code == .cannotWrite)
    #expect(Files.names(in: directory.path) == ["copy", "log"])
  }

  @Test func `an open log goes on with the files of a compaction`() throws {
    let directory = try TemporaryDirectory()
    let log = try log(directory)
    let before = node(directory("log/data.mdb"))
    #expect(try log.refresh() == 1)
    _ = try log.compact(waitNanoseconds: 5_000_000_000)
    #expect(try log.refresh() == 1)
    #expect(try log.head().position == .none)
    #expect(node(directory("log/data.mdb")) != before)
    #expect(Files.names(in: directory.path) == ["log"])
    #expect(Files.names(in: directory("log")) == ["data.mdb", "lock.mdb", "reserve"])
  }

  @Test func `a planned compaction is what the next one does, and does nothing itself`() throws {
    var options = LogOptions()
    options.isUnsafeWithoutSync = true
    let bench = try Bench(.lmdb, options: options)
    let log = try #require(bench.engine.log.lmdb)
    for number in 0..<200 {
      try bench.append(#"{"type":"thing_noted","payload":{"id":"\#(number % 40)"}}"#)
    }
    try bench.engine.rebuildViews { _, _ in }
    let before = try PageImage(dataFile: bench.path + "/data.mdb")
    let planned = try log.plannedCompaction()
    let after = try PageImage(dataFile: bench.path + "/data.mdb")
    #expect(after.pagesChanged(since: before).isEmpty)
    #expect(planned.after < planned.before)
    #expect(try log.compact(waitNanoseconds: 5_000_000_000) == planned)
    let again = try log.plannedCompaction()
    #expect(again.after == again.before)
  }

  @Test func `another log in the place is refused, not written`() throws {
    let directory = try TemporaryDirectory()
    let log = try log(directory)
    let identity = LogIdentity(id: ULID(high: 1, low: 1), secret: Salt(high: 1, low: 1))
    try LMDBLog.create(directory("other"), identity: identity)
    try Files.move(directory("log"), to: directory("away"))
    try Files.move(directory("other"), to: directory("log"))
    let error = #expect(throws: LogError.self) { try log.refresh() }
    #expect(error?.code == .unsafe)
  }

  @Test func `a restore has the next epoch of all that are known`() throws {
    let directory = try TemporaryDirectory()
    let log = try log(directory)
    _ = try log.backUp(to: directory("copy"))
    var options = LogOptions()
    options.stateDirectory = directory("state")
    let backup = try LMDBLog(opening: directory("copy"), options)
    for epoch in 2...4 as ClosedRange<UInt32> {
      let place = directory("restored-\(epoch)")
      let done = try backup.restore(
        to: place, isReplacing: false, isDryRun: false, options, waitNanoseconds: 5_000_000_000)
      #expect(done.epoch == epoch && done.old == nil)
      #expect(try LMDBLog(opening: place, options).format.epoch == epoch)
    }
    // Without that memory, the control, two logs would have one epoch.
    let forgetful = try backup.restore(
      to: directory("elsewhere"), isReplacing: false, isDryRun: true, LogOptions(),
      waitNanoseconds: 5_000_000_000)
    #expect(forgetful.epoch == 2)
  }

  @Test func `a backup waits for no pipe in the place of settings`() throws {
    let directory = try TemporaryDirectory()
    let log = try log(directory)
    try #require(unsafe mkfifo(directory("log/config.json"), 0o600) == 0)
    #expect(throws: LogError.self) { try log.backUp(to: directory("copy")) }
    #expect(Files.names(in: directory.path) == ["log"])
    _ = unsafe unlink(directory("log/config.json"))
    _ = try log.backUp(to: directory("copy"))
  }

  @Test func `only what nobody works at any more is a leftover`() throws {
    let directory = try TemporaryDirectory()
    let log = try log(directory)
    try Files.makeDirectory(directory("copy.tmp.AAAAAA"))
    try Files.makeDirectory(directory("copy.tmp.BBBBBB"))
    try Files.makeDirectory(directory("copy.tmp.toolong"))
    let held = unsafe open(directory("copy.tmp.BBBBBB"), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(held) }
    try #require(flock(held, LOCK_EX) == 0)
    _ = try log.backUp(to: directory("copy"))
    #expect(
      Files.names(in: directory.path) == ["copy", "copy.tmp.BBBBBB", "copy.tmp.toolong", "log"])
  }
}
