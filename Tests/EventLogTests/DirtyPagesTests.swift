internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// How many pages one append writes: the price of a durable event.
@Suite(.serialized) struct DirtyPagesTests {
  private static let budget = 16
  private static let streams = 5000
  private static let run = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

  /// A log of many events over many streams, half of them in a run.
  private func grown(events: Int) throws -> Bench {
    var options = LogOptions()
    options.mapByteCount = 1 << 28
    options.isUnsafeWithoutSync = true
    let bench = try Bench(.lmdb, options: options)
    var generator = SeededEntropy(seed: 70)
    // Preparing is slow in a debug build: each draft is prepared once and stored under many ids.
    let prepared = try (0..<Self.streams).map { worker in
      try bench.engine.prepare(
        bench.draft(heartbeat(worker, worker % 2 == 0 ? #","run_id":"\#(Self.run)""# : "")))
    }
    var ids = ULIDGenerator()
    for batch in 0..<(events / 1000) {
      bench.clock.advance(seconds: 1)
      let now = bench.clock.now()
      let drafts = (0..<1000).map { index in
        let place = batch * 1000 + index
        let draft = prepared[
          place < Self.streams ? place : generator.int(0...(Self.streams - 1))]
        return draft.identified(by: ids.next(at: now, entropy: &generator))
      }
      for outcome in try bench.engine.append(drafts) { _ = try outcome.get() }
    }
    return bench
  }

  private func heartbeat(_ worker: Int, _ more: String = "") -> String {
    #"{"type":"worker_heartbeat","payload":{"worker_id":"w\#(worker)","progress":42}\#(more)}"#
  }

  /// The pages that each of `count` appends writes.
  private func pages(_ bench: Bench, _ count: Int, _ append: (Int) throws -> Void) throws -> [Int] {
    var counts: [Int] = []
    var before = try PageImage(dataFile: bench.path + "/data.mdb")
    for index in 0..<count {
      bench.clock.advance(seconds: 1)
      try append(index)
      let after = try PageImage(dataFile: bench.path + "/data.mdb")
      counts.append(after.pagesChanged(since: before).count)
      before = after
    }
    return counts
  }

  @Test func `one append writes at most 16 pages`() throws {
    let bench = try grown(events: 100_000)
    var generator = SeededEntropy(seed: 71)
    // A batch leaves its pages to be reused: the first append after it is as any other.
    let kinds: [(String, (Int) -> String)] = [
      ("heartbeat, known stream", { _ in heartbeat(generator.int(0...(Self.streams - 1))) }),
      ("heartbeat, new stream", { heartbeat(1_000_000 + $0 * 7919) }),
      (
        "heartbeat in a run",
        { _ in
          heartbeat(generator.int(0...(Self.streams - 1)), #","run_id":"\#(Self.run)""#)
        }
      ),
      (
        "note with a key",
        {
          #"{"type":"note","payload":{"text":"n"},"key":"k\#($0 * 7919)","source":"s"}"#
        }
      ),
      (
        "300 bytes, own type",
        {
          #"{"type":"thing_noted","payload":{"id":"\#($0 % 3)","text":"\#(String(repeating: "x", count: 280))"}}"#
        }
      ),
    ]
    for (name, line) in kinds {
      let counts = try pages(bench, 20) { try bench.append(line($0)) }
      let mean = Double(counts.reduce(0, +)) / Double(counts.count)
      print("dirty pages, \(name): mean \(mean), most \(counts.max() ?? 0)")
      #expect((counts.max() ?? 99) <= Self.budget, "\(name): \(counts)")
    }
    // The count can fail: an index by stream, run, type and source would be over the budget.
    let counts = try pages(bench, 20) { index in
      var unit = Indexed(
        unit: try Self.unit(bench, heartbeat(generator.int(0...(Self.streams - 1)))),
        salt: UInt64(index))
      _ = try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &unit)
    }
    print("dirty pages, with four naive indexes: \(counts)")
    #expect((counts.max() ?? 0) > Self.budget)
  }

  private static func unit(_ bench: Bench, _ line: String) throws -> AppendUnit {
    let preparer = Preparer(
      catalog: bench.catalog, identity: Bench.identity, settingsDigest: 0, clock: bench.clock,
      entropy: SystemEntropy())
    return AppendUnit(
      [try bench.engine.prepare(bench.draft(line))], isAtomic: true, preparer: preparer,
      rules: bench.rules, clock: bench.clock)
  }

  /// An append that also keeps four further rows in two trees each, as naive indexes would.
  private struct Indexed: WriteUnit {
    var unit: AppendUnit
    let salt: UInt64
    let isDryRun = false

    mutating func run(
      _ tables: inout some LogWriter & ~Copyable & ~Escapable
    ) throws(LogError) -> [AppendUnit.Outcome] {
      let outcomes = try unit.run(&tables)
      for index in 0..<4 as Range<UInt64> {
        // Somewhere in two large trees each.
        let place = (salt * 4 + index) * 2_654_435_761
        guard let name = Name("worker-w\(place % 5000)x"),
          let known = Name("worker-w\(place / 7 % 5000)"),
          let number = try tables.number(of: known), let row = try tables.row(number)
        else { continue }
        try tables.set(number, of: name)
        try tables.set(row, number)
      }
      return outcomes
    }
  }
}
