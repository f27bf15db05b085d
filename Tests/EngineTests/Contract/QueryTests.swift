internal import Bytes
internal import Engine
internal import Events
internal import TestSupport
import Testing

/// What both logs promise about reading: every query equals a plain filter over all events.
@Suite struct QueryTests {
  @Test(arguments: LogKind.allCases)
  func `a query gives what a filtered scan gives`(kind: LogKind) throws {
    try forAll(seed: 50, count: 3) { generator in
      let bench = try Bench(kind)
      for _ in 0..<8 {
        bench.clock.advance(seconds: Int64(generator.int(-20...40)))
        try bench.append(all: (0..<200).map { _ in generator.thingLine(streams: 30) })
      }
      let events = try bench.dump().events
      try #require(events.count > 1000)
      for round in 0..<150 {
        let query = generator.query(over: events)
        let found = try bench.positions(query)
        try #require(found == expected(query, events), "round \(round): \(query)")
      }
    }
  }

  @Test(arguments: LogKind.allCases)
  func `what several threads read comes in order, and all of it`(kind: LogKind) throws {
    try forAll(seed: 52, count: 1) { generator in
      let bench = try Bench(kind)
      for _ in 0..<35 {
        bench.clock.advance(seconds: Int64(generator.int(0...20)))
        try bench.append(all: (0..<200).map { _ in generator.thingLine(streams: 30) })
      }
      let events = try bench.dump().events
      // As many blocks as two threads at least share.
      try #require(events.count > 4 * 1024)
      var wholeCount = 0
      for round in 0..<60 {
        var query = round == 0 ? Query() : generator.query(over: events)
        (query.isBackwards, query.last) = (false, nil)
        let wanted = expected(query, events)
        try #require(try bench.engine.count(query) == wanted.count, "round \(round): \(query)")
        guard query.stream == nil, query.runID == nil else { continue }
        var found: [UInt64] = []
        let end = try bench.engine.export(bench.engine.startingAtTime(query), Places()) {
          (bytes, _) in
          found += Places.read(bytes)
          return true
        }
        try #require(found == wanted, "round \(round): \(query)")
        try #require(end.rawValue > wanted.last ?? 0)
        if wanted.count > 4 * 1024 { wholeCount += 1 }
        guard wanted.count > 1 else { continue }
        var first: [UInt64] = []
        try bench.engine.export(bench.engine.startingAtTime(query), Places()) { (bytes, _) in
          first += Places.read(bytes)
          return false
        }
        try #require(!first.isEmpty && wanted.starts(with: first), "stopped in round \(round)")
      }
      try #require(wholeCount > 0)
    }
  }

  /// Positions instead of text.
  private struct Places: RecordRenderer {
    func render(_ record: borrowing RecordView, at position: Position, to out: inout [UInt8]) {
      out.append(littleEndian: position.rawValue)
    }

    static func read(_ bytes: [UInt8]) -> [UInt64] {
      var reader = ByteReader(bytes.rawSpan)
      return (0..<bytes.count / 8).map { _ in reader.integer(UInt64.self) }
    }
  }

  /// The definition, slow and plain.
  private func expected(_ query: Query, _ events: [Event]) -> [UInt64] {
    var found = events.filter { event in
      let envelope = event.envelope
      let time = query.clock == .log ? envelope.recordedAt : envelope.time
      return event.position >= query.from && event.position <= query.to
        && (query.stream.map { $0 == envelope.stream } ?? true)
        && (query.runID.map { $0 == envelope.runID } ?? true)
        && (query.category.map { $0 == envelope.stream.category } ?? true)
        && (query.types.isEmpty || query.types.contains(envelope.type))
        && (query.source.map { $0 == envelope.source } ?? true)
        && (query.correlationID.map { $0 == envelope.correlationID } ?? true)
        && query.labels.allSatisfy { envelope.labels.contains($0) }
        && (query.since.map { time >= $0 } ?? true) && (query.until.map { time <= $0 } ?? true)
    }
    if query.isBackwards { found.reverse() }
    if let last = query.last {
      found = query.isBackwards ? Array(found.prefix(last)) : Array(found.suffix(last))
    }
    return found.map(\.position.rawValue)
  }

  @Test(arguments: LogKind.allCases)
  func `an unknown stream or run has no events`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    var query = Query()
    query.stream = Name("thing-b")
    #expect(try bench.positions(query).isEmpty)
    query = Query()
    query.runID = ULID(high: 1, low: 1)
    #expect(try bench.positions(query).isEmpty)
  }

  @Test(arguments: LogKind.allCases)
  func `time is found by halving where a linear search finds it`(kind: LogKind) throws {
    try forAll(seed: 51, count: 4) { generator in
      let bench = try Bench(kind)
      let start = bench.clock.now()
      let empty = (
        try bench.engine.position(atOrAfter: start), try bench.engine.position(atOrBefore: start)
      )
      try #require(empty == (Position(1), .none))
      for _ in 0..<60 {
        bench.clock.advance(seconds: Int64(generator.int(-3...4)))
        try bench.append(
          all: (0..<generator.int(1...4)).map { _ in #"{"type":"thing_noted","payload":{"id":"a"}}"#
          })
      }
      let times = try bench.dump().events.map(\.envelope.recordedAt)
      try #require(times == times.sorted())
      let moments = times.flatMap { [$0, $0.advanced(by: -1), $0.advanced(by: 1)] }
      for moment in moments + [Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max)] {
        let after = UInt64(times.firstIndex { $0 >= moment } ?? times.count) + 1
        let before = UInt64((times.lastIndex { $0 <= moment } ?? -1) + 1)
        try #require(try bench.engine.position(atOrAfter: moment) == Position(after))
        try #require(try bench.engine.position(atOrBefore: moment) == Position(before))
      }
    }
  }

  @Test(arguments: LogKind.allCases)
  func `a replay that is stopped goes on where it was`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(all: (0..<300).map { #"{"type":"thing_noted","payload":{"id":"\#($0)"}}"# })
    var seen: [UInt64] = []
    var query = Query()
    while seen.count < 300 {
      var left = 70
      query.from = try bench.engine.replay(query) { event in
        seen.append(event.position.rawValue)
        left -= 1
        return left > 0
      }
      guard left < 70 else { break }
    }
    #expect(seen == Array(1...300))
    #expect(query.from == Position(301))
    // What comes later is seen next time.
    try bench.append(#"{"type":"thing_noted","payload":{"id":"late"}}"#)
    #expect(try bench.positions(query) == [301])
  }

  @Test(arguments: LogKind.allCases)
  func `an event is found by position and by id`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let receipt = try bench.append(#"{"type":"thing_noted","payload":{"id":"a"}}"#)
    let event = try bench.engine.event(.position(Position(1)))
    #expect(try bench.engine.event(.id(receipt.eventID)) == event)
    for reference in [EventReference.position(Position(2)), .id(ULID(high: 1, low: 1))] {
      let error = #expect(throws: LogError.self) { try bench.engine.event(reference) }
      #expect(error?.code == .notFound)
    }
    #expect(EventReference("17") == .position(Position(17)))
    #expect(EventReference("0") == nil)
    #expect(EventReference("01ARZ3NDEKTSV4RRFFQ69G5FAV") != nil)
    #expect(EventReference("x") == nil)
  }
}

extension SeededEntropy {
  /// A query of any combination of conditions.
  fileprivate mutating func query(over events: [Event]) -> Query {
    var query = Query()
    let count = events.count
    if chance(3) { query.stream = Name("thing-\(int(1...32))") }
    if chance(4) { query.runID = ULID(high: 0, low: UInt64(int(1...5))) }
    if chance(9) { query.category = pick(["thing", "other"]) }
    if chance(6) {
      query.types = pick([["thing_seen"], ["thing_seen", "thing_noted"], ["x"]]) ?? []
    }
    if chance(6) { query.source = pick(["one", "two", ""]) }
    if chance(7) { query.correlationID = "c\(int(1...4))" }
    if chance(7) { query.labels = [Label(key: "host", value: "h\(int(1...3))")] }
    if chance(4) { query.from = Position(UInt64(int(1...count))) }
    if chance(4) { query.to = Position(UInt64(int(1...count + 5))) }
    if chance(4) { query.since = pick(events)?.envelope.recordedAt }
    if chance(4) { query.until = pick(events)?.envelope.recordedAt }
    if chance(5) { query.clock = .source }
    query.isBackwards = chance(3)
    if chance(4) { query.last = int(0...30) }
    return query
  }
}
