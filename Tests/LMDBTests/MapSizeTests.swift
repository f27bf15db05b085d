internal import Glibc
internal import LMDB
internal import Synchronization
import Testing

@Suite struct MapSizeTests {
  let log: TemporaryLog

  init() throws { log = try TemporaryLog() }

  @Test func `a full map is grown and the write repeated`() throws {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 1 << 20))
    var first: UInt64 = 1
    var growths = 0
    while first <= 8000 {
      do throws(LMDBError) {
        _ = try environment.fill(from: first, count: 1000, byteCount: 1000)
        first += 1000
      } catch {
        try #require(error == .mapFull)
        try environment.setMapSize(environment.info().mapSize * 2)
        growths += 1
      }
    }
    #expect(growths >= 3)
    #expect(try environment.info().mapSize == 1 << (20 + growths))
    let table = try environment.fill(from: first, count: 0)
    #expect(try environment.entryCount(table) == 8000)
  }

  @Test func `the map keeps its size while a transaction is open`() throws {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 1 << 20))
    do {
      let reading = try environment.beginRead()
      let refused = failure { () throws(LMDBError) in try environment.setMapSize(2 << 20) }
      #expect(refused == .transactionsOpen)
      #expect(reading.id == 0)
    }
    try environment.setMapSize(2 << 20)
    #expect(try environment.info().mapSize == 2 << 20)
  }

  @Test func `a size without room leaves the map as it is`() throws {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 1 << 20))
    let table = try environment.fill(count: 10)
    for size in [1 << 52, Int.max] {
      #expect(failure { () throws(LMDBError) in try environment.setMapSize(size) } != nil)
    }
    #expect(failure { () throws(LMDBError) in try environment.setMapSize(-1) } == .invalidArgument)
    #expect(try environment.entryCount(table) == 10)
    #expect(try environment.info().mapSize == 1 << 20)
  }

  /// Grows the file beyond one MiB.
  static func growFile(_ path: String) throws(LMDBError) {
    let environment = try Environment(path: path)
    _ = try environment.fill(from: 11, count: 3000, byteCount: 1000)
  }

  @Test func `a file that another process grew is followed`() async throws {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 1 << 20))
    let table = try environment.fill(count: 10)
    await #expect(processExitsWith: .success) { [path = log.path as String] in
      try MapSizeTests.growFile(path)
    }
    #expect(try environment.entryCount(table) == 3010)
    #expect(try environment.info().mapSize == 1 << 30)
    _ = try environment.fill(from: 5000, count: 1)
  }

  @Test func `under an open snapshot a grown file is not followed, and the snapshot holds`()
    async throws
  {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 1 << 20))
    let table = try environment.fill(count: 10)
    let snapshot = HeldSnapshot()
    async let held = onThread { try snapshot.hold(environment, table) }
    while !snapshot.isOpen { await Task.yield() }
    await #expect(processExitsWith: .success) { [path = log.path as String] in
      try MapSizeTests.growFile(path)
    }
    let refused = failure { () throws(LMDBError) in _ = try environment.entryCount(table) }
    #expect(refused == .mapResized)
    snapshot.release()
    #expect(try await held == 10)
    #expect(try environment.entryCount(table) == 3010)
  }

  @Test func `readers and a resizer never meet`() async throws {
    let environment = try log.open(EnvironmentOptions(mapSizeBytes: 4 << 20))
    let table = try environment.fill(count: 1000)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<3 {
        group.addTask {
          var sum = 0
          for _ in 0..<300 { sum += try environment.entryCount(table) }
          return sum
        }
      }
      group.addTask {
        for step in 0..<300 {
          let size = (4 + step % 4) << 20
          _ = failure { () throws(LMDBError) in try environment.setMapSize(size) }
          await Task.yield()
        }
        return 300_000
      }
      for try await sum in group { #expect(sum == 300_000) }
    }
  }
}

/// A snapshot that one task holds while another acts.
final class HeldSnapshot: Sendable {
  private let opened = Atomic(false)
  private let released = Atomic(false)

  var isOpen: Bool { opened.load(ordering: .acquiring) }

  func release() { released.store(true, ordering: .releasing) }

  /// The last key of `table` in a snapshot that stays open until it is released.
  func hold(_ environment: Environment, _ table: Table) throws(LMDBError) -> UInt64? {
    let transaction = try environment.beginRead()
    opened.store(true, ordering: .releasing)
    while !released.load(ordering: .acquiring) { usleep(1000) }
    return try transaction.lastKey(table)
  }
}
