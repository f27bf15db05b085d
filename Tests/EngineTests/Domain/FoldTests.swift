internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// The views' promise: what the appends wrote is what folding the log gives.
@Suite struct FoldTests {
  /// Folds a log from its first event on.
  private struct Fold: ReadUnit {
    let catalog: Catalog
    let rules: Rules
    var skipped: Position?

    func run(
      _ tables: borrowing some LogReader & ~Copyable & ~Escapable
    ) throws(LogError) -> Folded {
      var folder = Folder(catalog: catalog, rules: rules)
      var position = Position(1)
      while let event = try tables.event(at: position) {
        if position != skipped { try folder.take(event, from: tables) }
        position = position.next
      }
      return Folded(names: folder.names, rows: folder.rows)
    }
  }

  private struct Folded: Equatable {
    var names: [Name: EntityNumber]
    var rows: [EntityNumber: StateRow]
  }

  private func fold(_ bench: Bench, skipping: Position? = nil) throws(LogError) -> Folded {
    // A catalog of its own: nothing is remembered from the appends.
    var unit = Fold(catalog: bench.catalog, rules: bench.rules, skipped: skipping)
    return try bench.engine.log.read(&unit)
  }

  private func stored(_ bench: Bench) throws(LogError) -> Folded {
    let dump = try bench.dump()
    return Folded(names: dump.names, rows: dump.rows)
  }

  /// The names of rows that differ.
  private func difference(_ one: Folded, _ other: Folded) -> [String] {
    Set(one.names.keys).union(other.names.keys).filter { name in
      one.names[name] != other.names[name]
        || one.names[name].flatMap { one.rows[$0] } != other.names[name].flatMap { other.rows[$0] }
    }.map(\.description).sorted()
  }

  @Test(arguments: LogKind.allCases)
  func `folding any history gives the stored rows and names, byte for byte`(kind: LogKind) throws {
    try forAll(seed: 80, count: kind == .memory ? 12 : 6) { generator in
      let bench = try Bench(kind, seed: generator.next())
      var maker = HistoryMaker(seed: generator.next())
      for _ in 0..<4 {
        try maker.grow(bench, count: 150)
        let difference = difference(try fold(bench), try stored(bench))
        try #require(difference.isEmpty, "\(difference)")
        // The same in stretches, with one thread that reads and one that folds.
        let folder = try bench.engine.fold()
        #expect(Folded(names: folder.names, rows: folder.rows) == (try stored(bench)))
        if generator.chance(3) { try bench.reopen() }
      }
      let dump = try bench.dump()
      let types = Set(dump.events.map(\.envelope.type))
      try #require(dump.events.count > 100 && types.count > 15)
      try #require(types.contains("event_reversed"))
    }
  }

  @Test func `a fold that leaves one event out is noticed`() throws {
    let bench = try Bench(.memory, seed: 3)
    var maker = HistoryMaker(seed: 81)
    try maker.grow(bench, count: 200)
    let whole = try stored(bench)
    let count = try bench.engine.head().position.rawValue
    for position in 1...count {
      let folded = Result { () throws(LogError) in try fold(bench, skipping: Position(position)) }
      #expect((try? folded.get()) != whole, "without position \(position)")
    }
  }

  @Test func `both logs fold alike`() throws {
    try forAll(seed: 82, count: 4) { generator in
      let seed = generator.next()
      var dumps: [LogDump] = []
      for kind in LogKind.allCases {
        let bench = try Bench(kind, seed: 5)
        var maker = HistoryMaker(seed: seed)
        try maker.grow(bench, count: 300)
        dumps.append(try bench.dump())
      }
      try #require(dumps[0] == dumps[1])
    }
  }

  @Test(arguments: LogKind.allCases)
  func `every row fits and reads back as a state`(kind: LogKind) throws {
    let bench = try Bench(kind, seed: 4)
    var maker = HistoryMaker(seed: 83)
    try maker.grow(bench, count: 600)
    for (name, number) in try bench.dump().names {
      let row = try #require(try bench.dump().rows[number])
      #expect(row.encoded.count <= StateRow.byteCountMax)
      #expect(throws: Never.self, "\(name)") { try decodeState(row) }
    }
  }

  @Test(arguments: LogKind.allCases)
  func `links lead through every stream and run, without gaps`(kind: LogKind) throws {
    let bench = try Bench(kind, seed: 6)
    var maker = HistoryMaker(seed: 84)
    try maker.grow(bench, count: 500)
    var lastInStream: [Name: (position: Position, revision: UInt64)] = [:]
    var lastInRun: [ULID: Position] = [:]
    for event in try bench.dump().events {
      let envelope = event.envelope
      let before = lastInStream[envelope.stream] ?? (.none, 0)
      #expect(envelope.previousInStream == before.position)
      #expect(envelope.revision == before.revision + 1)
      lastInStream[envelope.stream] = (event.position, envelope.revision)
      if let run = envelope.runID {
        #expect(envelope.previousInRun == lastInRun[run] ?? .none)
        lastInRun[run] = event.position
      } else {
        #expect(envelope.previousInRun == .none)
      }
    }
    for run in lastInRun.keys {
      var query = Query()
      query.runID = run
      let expected = try bench.dump().events.filter { $0.envelope.runID == run }
      #expect(try bench.positions(query) == expected.map(\.position.rawValue))
    }
  }
}
