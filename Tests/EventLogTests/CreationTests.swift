internal import Bytes
internal import EventLog
internal import Events
internal import Glibc
internal import Merkle
internal import TestSupport
import Testing

@Suite struct CreationTests {
  private let identity = Bench.identity

  private func expectWhole(_ path: String) throws {
    let log = try LMDBLog(opening: path)
    let dump = try LogDump(of: log)
    #expect(dump.head.position == .none)
    #expect(dump.head.frontier.size == 1)
    #expect(dump.head.frontier.root == dump.recomputedRoot)
    #expect(log.identity == identity)
    #expect(log.format == .current)
  }

  @Test func `a new log is empty, whole, and alone in its directory`() throws {
    let directory = try TemporaryDirectory()
    try LMDBLog.create(directory("log"), identity: identity)
    #expect(Files.names(in: directory.path) == ["log"])
    try expectWhole(directory("log"))
    #expect(Files.names(in: directory("log")) == ["data.mdb", "lock.mdb", "reserve"])
  }

  @Test func `only its owner can look into it, whatever the umask`() throws {
    let directory = try TemporaryDirectory()
    let old = umask(0)
    defer { umask(old) }
    try LMDBLog.create(directory("log"), identity: identity)
    try expectWhole(directory("log"))
    #expect(try Files.mode(directory("log")) == 0o700)
    #expect(try Files.mode(directory("log/data.mdb")) == 0o600)
    #expect(try Files.mode(directory("log/lock.mdb")) == 0o600)
  }

  @Test func `whoever loses the race leaves the winner's log as it is`() throws {
    let directory = try TemporaryDirectory()
    try LMDBLog.create(directory("log"), identity: identity)
    let winner = try Files.read(directory("log/data.mdb"))
    let other = LogIdentity(id: ULID(high: 1, low: 1), secret: Salt(high: 1, low: 1))
    try LMDBLog.create(directory("log"), identity: other)
    #expect(try Files.read(directory("log/data.mdb")) == winner)
    #expect(Files.names(in: directory.path) == ["log"])
    try expectWhole(directory("log"))
  }

  @Test func `threads that create one log at once all find a whole one`() async throws {
    let directory = try TemporaryDirectory()
    let path = directory("log")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<8 as Range<UInt64> {
        group.addTask {
          let identity = LogIdentity(id: ULID(high: 1, low: index), secret: Salt(high: 1, low: 1))
          try LMDBLog.create(path, identity: identity)
        }
      }
      try await group.waitForAll()
    }
    #expect(Files.names(in: directory.path) == ["log"])
    let log = try LMDBLog(opening: path)
    #expect(log.identity.id.high == 1)
  }

  /// What a creator that was killed can leave beside the log's place.
  @Test(arguments: [nil, 0, 1, 4096, 12288] as [Int?])
  func `a creator that was killed leaves no log and stands in nobody's way`(
    dataByteCount: Int?
  ) throws {
    let directory = try TemporaryDirectory()
    let path = directory("log")
    let leftover = "\(path).tmp.\(getpid())"
    try Files.makeDirectory(leftover)
    if let dataByteCount {
      try Files.write(leftover + "/data.mdb", [UInt8](repeating: 0xA5, count: dataByteCount))
      try Files.write(leftover + "/lock.mdb", [])
    }
    let error = #expect(throws: LogError.self) { _ = try LMDBLog(opening: path) }
    #expect(error?.code == .notFound)
    try LMDBLog.create(path, identity: identity)
    try expectWhole(path)
  }

  @Test func `a place that can't be written is said to be so`() throws {
    let directory = try TemporaryDirectory()
    let error = #expect(throws: LogError.self) {
      try LMDBLog.create(directory("missing/log"), identity: identity)
    }
    #expect(error?.code == .cannotWrite)
    try Files.write(directory("file"), [1])
    for place in ["file", "file/log"] {
      let error = #expect(throws: LogError.self) {
        try LMDBLog.create(directory(place), identity: identity)
      }
      #expect(error?.code == .cannotWrite, "\(place)")
    }
    #expect(try Files.read(directory("file")) == [1])
    #expect(Files.names(in: directory.path) == ["file"])
  }
}
