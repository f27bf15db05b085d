internal import Bytes
internal import Engine
internal import Events
internal import Merkle
internal import TestSupport
import Testing

/// What both logs promise about one append.
@Suite struct AppendTests {
  @Test(arguments: LogKind.allCases)
  func `positions are gapless from 1 and revisions count in each stream`(kind: LogKind) throws {
    let bench = try Bench(kind)
    var revisions: [String: UInt64] = [:]
    for index in 0..<60 {
      let id = "s\(index % 7)"
      let receipt = try bench.append(#"{"type":"thing_noted","payload":{"id":"\#(id)"}}"#)
      revisions[id, default: 0] += 1
      #expect(receipt.position == Position(UInt64(index) + 1))
      #expect(receipt.revision == revisions[id])
      #expect(receipt.stream == Name("thing-\(id)"))
      #expect(!receipt.isDuplicate)
    }
    let dump = try bench.dump()
    #expect(dump.events.map(\.position.rawValue) == Array(1...60))
    #expect(dump.head.position == Position(60))
    #expect(dump.head.frontier.size == 61)
  }

  @Test(arguments: LogKind.allCases)
  func `a receipt's leaf is the stored record's`(kind: LogKind) throws {
    let bench = try Bench(kind)
    for index in 1...5 {
      let receipt = try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
      #expect(try bench.dump().leaves[index] == receipt.leaf)
    }
    #expect(try bench.dump().recomputedRoot == bench.engine.head().frontier.root)
  }

  @Test(arguments: LogKind.allCases)
  func `an expected revision is checked, and a wrong one says both`(kind: LogKind) throws {
    let bench = try Bench(kind)
    func append(expect: Int) throws(LogError) -> Receipt {
      try bench.append(#"{"type":"thing_noted","payload":{"id":"a"},"expect":\#(expect)}"#)
    }
    #expect(throws: LogError.self) { try append(expect: 1) }
    #expect(try append(expect: 0).revision == 1)
    #expect(try append(expect: 1).revision == 2)
    for stale in [0, 1, 3] {
      let error = #expect(throws: LogError.self) { try append(expect: stale) }
      #expect(error?.code == .conflict)
      #expect(error?.expected == "revision \(stale)")
      #expect(error?.actual == "revision 2")
    }
    #expect(try bench.engine.head().position == Position(2))
    // Another stream is another matter.
    let other = try bench.append(#"{"type":"thing_noted","payload":{"id":"b"},"expect":0}"#)
    #expect(other.position == Position(3))
  }

  @Test(arguments: LogKind.allCases)
  func `a refused draft leaves no trace`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    let before = try bench.dump()
    for line in [
      #"{"type":"thing_noted","payload":{"id":"new"},"expect":7}"#,
      #"{"type":"thing_noted","payload":{"id":7}}"#,
      #"{"type":"thing_noted","payload":{}}"#,
      #"{"type":"thing_notd","payload":{"id":"a"}}"#,
      #"{"type":"thing_noted","payload":{"id":"a"},"stream":"thing-b"}"#,
      #"{"type":"thing_noted","payload":{"id":""},"key":"\#(String(repeating: "k", count: 129))"}"#,
      #"{"type":"thing_noted","payload":{"id":"a\u0001"}}"#,
      #"{"type":"thing_noted","payload":{"id":"\#(String(repeating: "x", count: 250))"}}"#,
    ] {
      #expect(throws: LogError.self, "\(line)") { try bench.append(line) }
    }
    #expect(try bench.dump() == before)
  }

  @Test(arguments: LogKind.allCases)
  func `a dry run tells what would be and stores nothing`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    let before = try bench.dump()
    var dry = AppendOptions()
    dry.isDryRun = true
    let line = #"{"type":"thing_noted","payload":{"id":"b"},"key":"k"}"#
    let receipt = try bench.append(line, dry)
    #expect(receipt.position == Position(2))
    #expect(receipt.revision == 1)
    #expect(try bench.dump() == before)
    #expect(throws: LogError.self) {
      try bench.append(#"{"type":"thing_noted","payload":{"id":"a"},"expect":0}"#, dry)
    }
    #expect(try bench.append(line).position == Position(2))
  }

  @Test(arguments: LogKind.allCases)
  func `everything that a draft says is stored, and what it leaves out is filled in`(
    kind: LogKind
  ) throws {
    let bench = try Bench(kind)
    let line = #"""
      {"type":"thing_noted","payload":{"id":"a"},"event_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV",
       "key":"k","labels":{"host":"h","actor":"é"},"run_id":"01ARZ3NDEKTSV4RRFFQ69G5FAW",
       "stream":"thing-a","ts":"2020-01-01T00:00:00Z","source":"test","severity":"critical",
       "correlation_id":"c","causation_id":"01ARZ3NDEKTSV4RRFFQ69G5FAX","expect":0}
      """#
    try bench.append(line)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    let events = try bench.dump().events
    let full = try #require(events.first?.envelope)
    #expect(full.eventID.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    #expect(full.runID?.description == "01ARZ3NDEKTSV4RRFFQ69G5FAW")
    #expect(full.causationID?.description == "01ARZ3NDEKTSV4RRFFQ69G5FAX")
    #expect(full.correlationID == "c")
    #expect(full.key == "k")
    #expect(full.source == "test")
    #expect(full.severity == .critical)
    #expect(full.time == Timestamp("2020-01-01T00:00:00Z"))
    #expect(full.recordedAt == bench.clock.now())
    #expect(Set(full.labels) == [Label(key: "host", value: "h"), Label(key: "actor", value: "é")])
    #expect(full.flags == [])
    let bare = try #require(events.last?.envelope)
    #expect(bare.time == bench.clock.now())
    #expect(bare.severity == .info)
    #expect(bare.previousInStream == Position(1))
    #expect(bare.runID == nil && bare.key == nil && bare.labels.isEmpty)
  }

  // L-22
  @Test(arguments: LogKind.allCases)
  func `the log's clock never falls`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let start = bench.clock.now()
    var recorded: [Timestamp] = []
    for seconds: Int64 in [0, 5, -100, 1, 94, -3] {
      bench.clock.advance(seconds: seconds)
      try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    }
    recorded = try bench.dump().events.map(\.envelope.recordedAt)
    #expect(recorded == recorded.sorted())
    #expect(recorded.map { $0.since(start) / 1_000_000_000 } == [0, 5, 5, 5, 5, 5])
    // The source's time is what the source says, even when it falls.
    let claimed = try bench.dump().events.map { $0.envelope.time.since(start) / 1_000_000_000 }
    #expect(claimed == [0, 5, -95, -94, 0, -3])
  }

  @Test(arguments: LogKind.allCases)
  func `a reader sees one moment, whatever is appended meanwhile`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    var unit = ReadTwice { _ = try? bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#) }
    let (before, after) = try bench.engine.log.read(&unit)
    #expect(before == after)
    #expect(before == Position(1))
    #expect(try bench.engine.head().position == Position(2))
  }

  /// Looks at the head, has something happen, and looks again.
  private struct ReadTwice: ReadUnit {
    let between: () -> Void

    func run(
      _ tables: borrowing some LogReader & ~Copyable & ~Escapable
    ) throws(LogError) -> (Position, Position) {
      let before = try tables.head().position
      between()
      return (before, try tables.head().position)
    }
  }

  @Test(arguments: LogKind.allCases)
  func `threads that append at once get positions of their own`(kind: LogKind) async throws {
    let bench = try Bench(kind)
    let engine = bench.engine
    let line = Array(#"{"type":"thing_noted","payload":{"id":"a"}}"#.utf8)
    let positions = try await withThrowingTaskGroup(of: [UInt64].self) { group in
      for _ in 0..<4 {
        group.addTask {
          try (0..<50).map { _ in
            try engine.append(Draft(line: line, number: nil, defaults: DraftDefaults()))
              .position.rawValue
          }
        }
      }
      var all: [UInt64] = []
      for try await some in group {
        #expect(some == some.sorted())
        all += some
      }
      return all
    }
    #expect(positions.sorted() == Array(1...200))
    #expect(try bench.dump().events.map(\.envelope.revision) == Array(1...200))
    #expect(Set(try bench.dump().events.map(\.envelope.eventID)).count == 200)
  }
}
