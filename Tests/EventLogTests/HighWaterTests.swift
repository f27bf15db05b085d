internal import Bytes
internal import Engine
internal import Events
internal import Merkle
internal import TestSupport
import Testing

@testable internal import EventLog

@Suite struct HighWaterTests {
  private let line = #"{"type":"thing_noted","payload":{"id":"a"}}"#
  private let state: TemporaryDirectory
  private let options: LogOptions

  init() throws {
    state = try TemporaryDirectory()
    var options = LogOptions()
    options.stateDirectory = state("deep/state")
    self.options = options
  }

  private func mark(of head: Head) -> HighWaterSlot.Mark {
    HighWaterSlot.Mark(position: head.position, root: head.frontier.root, epoch: 1)
  }

  @Test func `the head of every commit is known when the log is opened again`() throws {
    let bench = try Bench(.lmdb, options: options)
    for _ in 0..<3 {
      try bench.append(line)
      let head = try bench.engine.head()
      bench.close()
      do {
        let log = try LMDBLog(opening: bench.path, options)
        #expect(log.highWater?.known == mark(of: head))
        #expect(log.highWater?.other == nil)
      }
      try bench.reopen()
    }
  }

  @Test func `what was not committed is not noted`() throws {
    let bench = try Bench(.lmdb, options: options)
    try bench.append(line)
    let head = try bench.engine.head()
    #expect(throws: LogError.self) {
      try bench.append(#"{"type":"thing_noted","payload":{"id":"a"},"expect":9}"#)
    }
    bench.close()
    let log = try LMDBLog(opening: bench.path, options)
    #expect(log.highWater?.known == mark(of: head))
  }

  @Test func `a copy of a log is known as a copy`() throws {
    let bench = try Bench(.lmdb, options: options)
    for _ in 0..<5 { try bench.append(line) }
    let head = try bench.engine.head()
    bench.close()
    let copies = try TemporaryDirectory()
    try Files.copyDirectory(bench.path, to: copies("copy"))
    let copy = try LMDBLog(opening: copies("copy"), options)
    #expect(copy.highWater?.known == nil)
    #expect(copy.highWater?.other == mark(of: head))
  }

  @Test func `a log that was rolled back is known by its lower head`() throws {
    let bench = try Bench(.lmdb, options: options)
    for _ in 0..<5 { try bench.append(line) }
    bench.close()
    let old = try Files.read(bench.path + "/data.mdb")
    try bench.reopen()
    for _ in 0..<5 { try bench.append(line) }
    let head = try bench.engine.head()
    bench.close()
    try Files.truncate(bench.path + "/data.mdb", 0)
    try Files.write(bench.path + "/data.mdb", old)
    let log = try LMDBLog(opening: bench.path, options)
    let now = try LogDump(of: log).head
    #expect(now.position == Position(5))
    #expect(log.highWater?.known == mark(of: head))
    #expect(try #require(log.highWater?.known).position > now.position)
  }

  @Test func `a log of the same length with another history has another root`() throws {
    let bench = try Bench(.lmdb, options: options)
    try bench.append(line)
    bench.close()
    let old = try Files.read(bench.path + "/data.mdb")
    try bench.reopen()
    try bench.append(line)
    bench.close()
    try Files.truncate(bench.path + "/data.mdb", 0)
    try Files.write(bench.path + "/data.mdb", old)
    // Written by somebody who keeps no mark.
    do {
      let log = try LMDBLog(opening: bench.path)
      let twin = Bench.engine(log, bench)
      _ = try twin.append(bench.draft(#"{"type":"thing_noted","payload":{"id":"forged"}}"#))
    }
    let log = try LMDBLog(opening: bench.path, options)
    let now = try LogDump(of: log).head
    let known = try #require(log.highWater?.known)
    #expect(known.position == now.position)
    #expect(known.root != now.frontier.root)
  }

  @Test func `logs of other ids do not share marks`() throws {
    let bench = try Bench(.lmdb, options: options)
    try bench.append(line)
    let directory = try TemporaryDirectory()
    let identity = LogIdentity(id: ULID(high: 5, low: 5), secret: Salt(high: 1, low: 1))
    try LMDBLog.create(directory("log"), identity: identity)
    let other = try LMDBLog(opening: directory("log"), options)
    #expect(other.highWater?.known == nil)
    #expect(other.highWater?.other == nil)
  }

  @Test func `a mark that is damaged counts as none`() throws {
    let bench = try Bench(.lmdb, options: options)
    try bench.append(line)
    bench.close()
    let folder = state("deep/state/\(Bench.identity.id)")
    let slot = try #require(Files.names(in: folder).first)
    for noise in ["", "x", "1", "1 2 3", "-1 \(String(repeating: "0", count: 64)) 1"] {
      try Files.truncate(folder + "/" + slot, 0)
      try Files.write(folder + "/" + slot, Array(noise.utf8))
      let log = try LMDBLog(opening: bench.path, options)
      #expect(log.highWater != nil)
      #expect(log.highWater?.known == nil, "\(noise)")
    }
  }

  @Test func `marks are for the owner only, and a log works where none can be kept`() throws {
    let bench = try Bench(.lmdb, options: options)
    try bench.append(line)
    let folder = state("deep/state/\(Bench.identity.id)")
    #expect(try Files.mode(folder) == 0o700)
    for name in Files.names(in: folder) { #expect(try Files.mode(folder + "/" + name) == 0o600) }
    try Files.write(state("file"), [])
    var impossible = LogOptions()
    impossible.stateDirectory = state("file/below")
    let other = try Bench(.lmdb, options: impossible)
    #expect(try other.append(line).position == Position(1))
  }
}
