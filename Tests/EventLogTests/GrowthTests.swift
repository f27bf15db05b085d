internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import Glibc
internal import Merkle
internal import Synchronization
internal import TestSupport
import Testing

@Suite struct GrowthTests {
  private func line(_ index: Int, byteCount: Int) -> String {
    #"{"type":"thing_noted","payload":{"id":"\#(index % 10)","n":\#(index),"text":"\#(String(repeating: "x", count: byteCount))"}}"#
  }

  @Test func `a map of 1 MiB grows to 30 MB of events by itself`() throws {
    var options = LogOptions()
    options.mapByteCount = 1 << 20
    let bench = try Bench(.lmdb, options: options)
    for batch in 0..<30 {
      let outcomes = try bench.append(
        all: (0..<10).map { line(batch * 10 + $0, byteCount: 100_000) })
      for outcome in outcomes { _ = try outcome.get() }
    }
    #expect(try Files.byteCount(bench.path + "/data.mdb") > 30_000_000)
    let reached = try bench.dump()
    #expect(reached.head.position == Position(300))
    #expect(reached.recomputedRoot == reached.head.frontier.root)
    #expect(reached.events.allSatisfy { $0.payload?.count ?? 0 > 100_000 })
    // Others find it with their own small map.
    try bench.reopen()
    #expect(try bench.dump() == reached)
  }

  @Test func `a batch that does not fit into the map is stored once it has grown`() throws {
    var options = LogOptions()
    options.mapByteCount = 1 << 20
    let bench = try Bench(.lmdb, options: options)
    let outcomes = try bench.append(all: (0..<100).map { line($0, byteCount: 60_000) })
    #expect(try outcomes.map { try $0.get().position.rawValue } == Array(1...100))
    #expect(try bench.dump().events.count == 100)
  }

  @Test func `the map grows while other threads read`() async throws {
    var options = LogOptions()
    options.mapByteCount = 1 << 20
    let bench = try Bench(.lmdb, options: options)
    let engine = bench.engine
    let isOver = Flag()
    let lines = (0..<60).map { Array(line($0, byteCount: 100_000).utf8) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { isOver.raise() }
        for line in lines {
          _ = try engine.append(Draft(line: line, number: nil, defaults: DraftDefaults()))
        }
      }
      group.addTask {
        var last = Position.none
        while !isOver.isRaised {
          let head = try engine.head().position
          #expect(head >= last)
          last = head
          if head > .none { _ = try engine.event(.position(head)) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try engine.head().position == Position(60))
  }

  /// Appends so much to a log that a map of 1 MiB does not reach its end.
  static func grow(_ path: String) throws {
    let engine = Engine(log: try LMDBLog(opening: path))
    let text = String(repeating: "x", count: 1000)
    let line = Array(#"{"type":"note","payload":{"text":"\#(text)"}}"#.utf8)
    let prepared = try (0..<3000).map { _ in
      try engine.prepare(Draft(line: line, number: nil, defaults: DraftDefaults()))
    }
    _ = try engine.append(prepared)
  }

  /// Reads for as long as it is told to.
  private struct Reading: ReadUnit {
    let isOpen: Flag
    let isOver: Flag

    func run(_ tables: borrowing some LogReader & ~Copyable & ~Escapable) throws(LogError) {
      isOpen.raise()
      while !isOver.isRaised { usleep(1000) }
    }
  }

  @Test func `a file that another process grew is followed once no other thread reads`()
    async throws
  {
    var options = LogOptions()
    options.mapByteCount = 1 << 20
    let bench = try Bench(.lmdb, options: options)
    try bench.append(line(1, byteCount: 10))
    let (isOpen, isOver, asks) = (Flag(), Flag(), Flag())
    let log = bench.engine.log
    let reader = try Thread.start {
      var unit = Reading(isOpen: isOpen, isOver: isOver)
      _ = try? log.read(&unit)
    }
    while !isOpen.isRaised { usleep(1000) }
    await #expect(processExitsWith: .success) { [path = bench.path as String] in
      try GrowthTests.grow(path)
    }
    let timer = try Thread.start {
      while !asks.isRaised { usleep(1000) }
      usleep(20_000)
      isOver.raise()
    }
    asks.raise()
    #expect(try bench.engine.head().position == Position(3001))
    reader.join()
    timer.join()
  }

  /// Tells other threads that it is over.
  private final class Flag: Sendable {
    private let value = Atomic(false)
    var isRaised: Bool { value.load(ordering: .relaxed) }
    func raise() { value.store(true, ordering: .relaxed) }
  }
}
