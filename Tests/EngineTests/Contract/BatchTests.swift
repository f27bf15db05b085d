internal import Bytes
internal import Engine
internal import Events
internal import Merkle
internal import TestSupport
import Testing

/// What both logs promise about many drafts at once.
@Suite struct BatchTests {
  private func line(_ id: String, _ more: String = "") -> String {
    #"{"type":"thing_noted","payload":{"id":"\#(id)"}\#(more)}"#
  }

  private var mixed: [String] {
    [
      line("a"), line("a", #","expect":7"#), line("b"), line("b", #","expect":0"#),
      line("a", #","expect":1"#),
    ]
  }

  @Test(arguments: LogKind.allCases)
  func `a refused draft in the middle leaves the others stored`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let outcomes = try bench.append(all: mixed)
    #expect(outcomes.map { (try? $0.get())?.position.rawValue } == [1, nil, 2, nil, 3])
    #expect(outcomes.compactMap { $0.refusal?.code } == [.conflict, .conflict])
    #expect(outcomes.compactMap { $0.refusal?.line } == [2, 4])
    #expect(
      try bench.dump().events.map(\.envelope.stream.description) == [
        "thing-a", "thing-b", "thing-a",
      ])
  }

  @Test(arguments: LogKind.allCases)
  func `an atomic batch with a refused draft stores nothing`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(line("z"))
    let before = try bench.dump()
    var atomic = AppendOptions()
    atomic.isAtomic = true
    let error = #expect(throws: LogError.self) { try bench.append(all: mixed, atomic) }
    #expect(error?.code == .conflict)
    #expect(error?.line == 2)
    #expect(try bench.dump() == before)
    try bench.reopen()
    #expect(try bench.dump() == before)
    #expect(try bench.append(all: [line("a"), line("b")], atomic).count == 2)
  }

  @Test(arguments: LogKind.allCases)
  func `a batch of a thousand events over many streams is stored in order`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let outcomes = try bench.append(all: (0..<1000).map { line("s\($0 % 137)") })
    let receipts = try outcomes.map { try $0.get() }
    #expect(receipts.map(\.position.rawValue) == Array(1...1000))
    #expect(receipts.enumerated().allSatisfy { $1.revision == UInt64($0 / 137 + 1) })
    let dump = try bench.dump()
    #expect(dump.names.count == 137)
    #expect(dump.recomputedRoot == dump.head.frontier.root)
    for (name, number) in dump.names {
      let last = try #require(dump.events.last { $0.envelope.stream == name })
      #expect(dump.rows[number]?.last == last.position)
      #expect(dump.rows[number]?.revision == last.envelope.revision)
    }
    let reached = try bench.dump()
    try bench.reopen()
    #expect(try bench.dump() == reached)
  }

  @Test(arguments: LogKind.allCases)
  func `a draft that is refused late leaves no names behind`(kind: LogKind) throws {
    let bench = try Bench(kind)
    // Refused when the rows are asked: it would bring in its stream, a reservation and budgets.
    let charge = #"{"type":"cost_reserved","payload":{"reservation_id":"r","model":"m"}}"#
    var prepared: [PreparedDraft] = []
    for text in [charge, line("a")] {
      if let draft = try? bench.engine.prepare(bench.draft(text)) { prepared.append(draft) }
    }
    let outcomes = try bench.engine.append(prepared)
    #expect(try outcomes.last?.get().position == Position(1))
    let dump = try bench.dump()
    #expect(dump.names.keys.map(\.description) == ["thing-a"])
    #expect(Set(dump.names.values).count == dump.names.count)
  }

  @Test(arguments: LogKind.allCases)
  func `an empty batch changes nothing`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let before = try bench.dump()
    #expect(try bench.append(all: []).isEmpty)
    #expect(try bench.dump() == before)
  }

  @Test func `the same drafts give both logs the same heads, rows and records`() throws {
    try forAll(seed: 40, count: 6) { generator in
      let memory = try Bench(.memory, seed: 5)
      let disk = try Bench(.lmdb, seed: 5)
      for _ in 0..<30 {
        let lines = (0..<generator.int(1...20)).map { _ in generator.thingLine() }
        var options = AppendOptions()
        options.isAtomic = generator.chance(4)
        options.isDryRun = generator.chance(8)
        let step = Int64(generator.int(-3...5))
        let results = [memory, disk].map { bench in
          bench.clock.advance(seconds: step)
          return Result { () throws(LogError) in try bench.append(all: lines, options) }
        }
        try #require(results[0] == results[1])
        if generator.chance(5) {
          try memory.reopen()
          try disk.reopen()
        }
      }
      let (one, other) = (try memory.dump(), try disk.dump())
      try #require(one == other)
      try #require(one.head.position > .none)
      try #require(one.recomputedRoot == one.head.frontier.root)
    }
  }
}

extension AppendUnit.Outcome {
  /// Why the draft was refused.
  var refusal: LogError? {
    if case .failure(let error) = self { error } else { nil }
  }
}

extension SeededEntropy {
  /// A random draft of a test type, now and then one that is refused or a duplicate.
  mutating func thingLine(streams: Int = 12, runs: Int = 4) -> String {
    var members = [
      #""type":"\#(chance(3) ? "thing_seen" : "thing_noted")""#,
      #""payload":{"id":"\#(int(1...streams))","n":\#(next() % 1000)}"#,
    ]
    if chance(2) { members.append(#""run_id":"0000000000000000000000000\#(int(1...runs))""#) }
    if chance(3) { members.append(#""source":"\#(pick(["one", "two", "three"]) ?? "")""#) }
    if chance(4) { members.append(#""labels":{"host":"h\#(int(1...3))"}"#) }
    if chance(5) { members.append(#""correlation_id":"c\#(int(1...3))""#) }
    if chance(9) { members.append(#""key":"k\#(int(1...20))""#) }
    if chance(9) { members.append(#""expect":\#(int(0...3))"#) }
    if chance(9) { members.append(#""event_id":"0000000000000000000000001\#(int(1...9))""#) }
    return "{" + members.joined(separator: ",") + "}"
  }
}
