internal import Glibc
internal import LMDB
import Testing

@Suite struct EnvironmentTests {
  let log: TemporaryLog

  init() throws { log = try TemporaryLog() }

  @Test func `a file is open once in a process, whatever its name`() throws {
    let table: Table
    do {
      let environment = try log.open()
      table = try environment.fill(count: 3)
      unsafe symlink(log.path, log.path + "/link")
      let again = failure { () throws(LMDBError) in _ = try log.open() }
      #expect(again == .alreadyOpen)
      let byLink = failure { () throws(LMDBError) in
        _ = try Environment(path: log.path + "/link")
      }
      #expect(byLink == .alreadyOpen)
      #expect(try environment.entryCount(table) == 3)
    }
    let reopened = try log.open()
    #expect(try reopened.info().lastTransactionID == 1)
  }

  @Test func `an environment stays open while a failed second opening comes and goes`() throws {
    let environment = try log.open()
    let table = try environment.fill(count: 3)
    let transaction = try environment.beginRead()
    _ = failure { () throws(LMDBError) in _ = try log.open() }
    let readers = try environment.info().readers
    #expect(readers == 1)
    let value = try transaction.get(table, 3)?.copied
    #expect(value == [UInt8](repeating: 3, count: 100))
  }

  @Test func `no descriptor of the environment reaches programs that are started`() throws {
    let environment = try log.open()
    _ = try environment.fill(count: 1)
    var ours = 0
    for descriptor in Int32(0)..<256 {
      var target = [CChar](repeating: 0, count: 4096)
      let length = unsafe readlink("/proc/self/fd/\(descriptor)", &target, target.count)
      let path = String(
        decoding: target.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard path.hasPrefix(log.path + "/") else { continue }
      ours += 1
      #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0, "\(path)")
    }
    #expect(ours >= 3)
    #expect(environment.fileDescriptor > 0)
  }

  @Test func `files are for their owner alone`() throws {
    let environment = try log.open()
    _ = try environment.fill(count: 1)
    for name in ["data.mdb", "lock.mdb"] {
      var status = stat()
      #expect(unsafe stat(log.path + "/" + name, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  @Test func `the lock file has all its blocks, so that a store to its map can't fail`() throws {
    _ = try log.open()
    var status = stat()
    #expect(unsafe stat(log.path + "/lock.mdb", &status) == 0)
    #expect(status.st_size > 0)
    #expect(Int64(status.st_blocks) * 512 >= Int64(status.st_size))
  }

  @Test func `a map larger than the address space is halved until it fits`() throws {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 1 << 52))
    let size = try environment.info().mapSize
    #expect(size >= 1 << 30 && size < 1 << 52)
    let table = try environment.fill(count: 1)
    #expect(try environment.entryCount(table) == 1)
  }

  @Test func `a read-only environment reads and refuses to write`() throws {
    do { _ = try log.open().fill(count: 2) }
    let environment = try log.open(EnvironmentOptions(readOnly: true))
    let refused = failure { () throws(LMDBError) in _ = try environment.beginWrite() }
    #expect(refused == .accessDenied)
    let transaction = try environment.beginRead()
    let table = try transaction.openTable("numbers", integerKeys: true)
    #expect(try transaction.lastKey(table) == 2)
  }

  @Test func `what is not there or not LMDB's is refused with its own error`() throws {
    let missing = failure { () throws(LMDBError) in
      _ = try Environment(path: log.path + "/missing")
    }
    #expect(missing == .noSuchFile)
    try overwrite(log.dataFile, with: [UInt8](repeating: 7, count: 8192))
    let foreign = failure { () throws(LMDBError) in _ = try log.open() }
    #expect(foreign == .invalid)
  }

  @Test(arguments: [false, true])
  func `a copy has what was committed`(compact: Bool) throws {
    let environment = try log.open()
    _ = try environment.fill(count: 500)
    unsafe mkdir(log.path + "/copy", 0o700)
    try environment.copy(to: log.path + "/copy", compact: compact)
    let copy = try Environment(path: log.path + "/copy")
    let transaction = try copy.beginRead()
    let table = try transaction.openTable("numbers", integerKeys: true)
    #expect(try transaction.lastKey(table) == 500)
    let again = failure { () throws(LMDBError) in
      try environment.copy(to: log.path + "/copy", compact: compact)
    }
    #expect(again == .fileExists)
  }

  @Test func `versions of LMDB that harm logs are not trusted`() throws {
    for patch in Int32(0)...40 {
      let isTrusted = [24, 25].contains(patch) || patch >= 32
      #expect(LibraryVersion(0, 9, patch).isSupported == isTrusted)
    }
    #expect(!LibraryVersion(1, 0, 0).isSupported)
    #expect(!LibraryVersion(0, 8, 99).isSupported)
    try Environment.checkVersion()
  }

  @Test func `every error says its name, and unknown codes their number`() {
    #expect(LMDBError.mapFull.description.hasPrefix("MDB_MAP_FULL"))
    #expect(LMDBError.noSpace.description == "ENOSPC: No space left on device")
    #expect(LMDBError(rawValue: -5).description == "LMDB code -5, which is not documented")
    #expect(LMDBError(rawValue: .min).description.contains("-2147483648"))
    #expect(LMDBError.alreadyOpen.description.hasPrefix("ALREADY_OPEN"))
    #expect(LMDBError(rawValue: 71).description.hasPrefix("errno 71: "))
  }
}
