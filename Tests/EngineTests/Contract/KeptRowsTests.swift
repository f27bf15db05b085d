internal import Engine
internal import Events
internal import TestSupport
import Testing

/// A writer keeps rows from one transaction to the next, but never sees others than the log's.
@Suite struct KeptRowsTests {
  private func thing(_ more: String = "") -> String {
    #"{"type":"thing_noted","payload":{"id":"a"}\#(more)}"#
  }

  private let spawned =
    #"{"type":"worker_spawned","payload":{"worker_id":"w","adapter_type":"aider"}}"#
  private let idle = #"{"type":"worker_idle","payload":{"worker_id":"w"}}"#

  @Test func `rows are for the next transaction and for no other`() throws {
    let name = try #require(Name("thing-a"))
    let head = Head(position: Position(3))
    for (number, count) in [(8, 1), (7, 0), (9, 0), (1, 0)] as [(UInt64, Int)] {
      let memory = RowMemory()
      var rows = RowCache()
      rows.adopt(name, EntityNumber(16))
      memory.keep(rows, after: 7, at: head)
      #expect(memory.take(for: number, at: head).count == count)
      // Whoever takes them has them alone.
      #expect(memory.take(for: 8, at: head).count == 0)
    }
  }

  @Test func `after a compaction, which counts anew, the head tells`() throws {
    let name = try #require(Name("thing-a"))
    for (position, count) in [(3, 1), (4, 0), (2, 0)] as [(UInt64, Int)] {
      let memory = RowMemory()
      var rows = RowCache()
      rows.adopt(name, EntityNumber(16))
      memory.keep(rows, after: 7, at: Head(position: Position(3)))
      #expect(memory.take(for: 8, at: Head(position: Position(position))).count == count)
    }
  }

  @Test func `too many rows are dropped`() throws {
    let memory = RowMemory()
    var rows = RowCache()
    for index in 0...RowMemory.rowCountMax {
      rows.adopt(try #require(Name("thing-\(index)")), EntityNumber(UInt64(index) + 16))
      if index == RowMemory.rowCountMax - 1 {
        memory.keep(rows, after: 1, at: Head())
        #expect(memory.take(for: 2, at: Head()).count == RowMemory.rowCountMax)
      }
    }
    memory.keep(rows, after: 1, at: Head())
    #expect(memory.take(for: 2, at: Head()).count == 0)
  }

  @Test(arguments: LogKind.allCases)
  func `two writers by turns see each other's rows`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let writers = [bench.engine, Bench.engine(bench.engine.log, bench)]
    for (index, turn) in [0, 0, 1, 0, 1, 1, 0, 0, 1].enumerated() {
      let receipt = try writers[turn].append(bench.draft(thing(#","expect":\#(index)"#)))
      #expect(receipt.revision == UInt64(index) + 1)
    }
    let links = try bench.dump().events.map(\.envelope.previousInStream.rawValue)
    #expect(links == Array(0..<9))
    // One writer's worker is known to the other.
    _ = try writers[0].append(bench.draft(spawned))
    _ = try writers[1].append(bench.draft(idle))
    #expect(throws: LogError.self) { try writers[0].append(bench.draft(idle)) }
  }

  @Test(arguments: LogKind.allCases)
  func `what a failed or dry transaction did to rows is forgotten`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(thing())
    var atomic = AppendOptions()
    atomic.isAtomic = true
    #expect(throws: LogError.self) {
      try bench.append(all: [spawned, thing(), thing(#","expect":7"#)], atomic)
    }
    var dry = AppendOptions()
    dry.isDryRun = true
    #expect(try bench.append(thing(), dry).revision == 2)
    #expect(try bench.append(thing(), dry).revision == 2)
    #expect(try bench.append(thing()).revision == 2)
    let error = #expect(throws: LogError.self) { try bench.append(idle) }
    #expect(error?.code == .rejected)
    try bench.append(spawned)
    try bench.append(idle)
  }

  @Test(arguments: LogKind.allCases)
  func `a refused draft of a batch leaves no trace in the next`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let outcomes = try bench.append(all: [idle, thing(), thing(#","expect":7"#)])
    #expect(outcomes.map { (try? $0.get())?.revision } == [nil, 1, nil])
    #expect(try bench.append(thing()).revision == 2)
    #expect(throws: LogError.self) { try bench.append(idle) }
  }
}
