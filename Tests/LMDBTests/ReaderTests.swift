internal import Glibc
internal import LMDB
import Testing

@Suite struct ReaderTests {
  let log: TemporaryLog

  init() throws { log = try TemporaryLog() }

  @Test func `a full reader table is an error of its own, and passes`() throws {
    let environment = try log.open(EnvironmentOptions(maxReaders: 3))
    do {
      let one = try environment.beginRead()
      let two = try environment.beginRead()
      let three = try environment.beginRead()
      let full = failure { () throws(LMDBError) in _ = try environment.beginRead() }
      #expect(full == .readersFull)
      #expect([one.id, two.id, three.id] == [0, 0, 0])
    }
    #expect(try environment.beginRead().id == 0)
    #expect(try environment.info().maxReaders == 3)
  }

  /// Takes `count` reader slots and dies with them.
  static func dieReading(_ path: String, slots count: Int) throws(LMDBError) {
    let environment = try Environment(path: path)
    let one = try environment.beginRead()
    if count > 1 {
      let two = try environment.beginRead()
      let three = try environment.beginRead()
      kill(getpid(), SIGKILL)
      print(two.id, three.id)
    }
    kill(getpid(), SIGKILL)
    print(one.id)
  }

  /// Puts without committing, and dies.
  static func dieWriting(_ path: String) throws(LMDBError) {
    let environment = try Environment(path: path)
    var writing = try environment.beginWrite()
    let table = try writing.openTable("numbers", integerKeys: true, create: true)
    try writing.put(table, key: 99, value: [1])
    kill(getpid(), SIGKILL)
    try writing.commit()
  }

  @Test func `slots of readers that died are freed on request`() async throws {
    let environment = try log.open()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = log.path as String] in
      try ReaderTests.dieReading(path, slots: 1)
    }
    #expect(try environment.staleReaders() == 1)
    #expect(try environment.staleReaders() == 0)
  }

  @Test func `a reader table full of the dead is cleared by the next reader`() async throws {
    let environment = try log.open(EnvironmentOptions(maxReaders: 3))
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = log.path as String] in
      try ReaderTests.dieReading(path, slots: 3)
    }
    #expect(try begun(environment) == 0)
  }

  private func begun(_ environment: borrowing Environment) throws(LMDBError) -> UInt64 {
    try environment.beginRead().id
  }

  @Test func `a writer that died leaves neither its lock nor its puts`() async throws {
    let environment = try log.open()
    let table = try environment.fill(count: 2)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = log.path as String] in
      try ReaderTests.dieWriting(path)
    }
    #expect(try environment.entryCount(table) == 2)
    _ = try environment.fill(from: 3, count: 1)
    #expect(try environment.entryCount(table) == 3)
  }
}
