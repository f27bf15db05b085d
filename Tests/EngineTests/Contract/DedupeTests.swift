internal import Bytes
internal import Engine
internal import Events
internal import TestSupport
import Testing

/// What both logs promise about ids and keys.
@Suite struct DedupeTests {
  private let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

  private func line(
    _ members: String, id thing: String = "a", type: String = "thing_noted"
  ) -> String {
    #"{"type":"\#(type)","payload":{"id":"\#(thing)"},\#(members)}"#
  }

  @Test(arguments: LogKind.allCases)
  func `the same id and content gives the first receipt, for ever`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let first = try bench.append(line(#""event_id":"\#(id)""#))
    for round in 0..<3 {
      for _ in 0..<20 { try bench.append(line(#""source":"other""#)) }
      var again = try bench.append(line(#""event_id":"\#(id)""#))
      #expect(again.isDuplicate, "round \(round)")
      again.isDuplicate = false
      #expect(again == first)
      try bench.reopen()
    }
    #expect(try bench.engine.head().position == Position(61))
  }

  @Test(arguments: LogKind.allCases)
  func `content is type, stream and tokens: white space and metadata are not`(kind: LogKind) throws
  {
    let bench = try Bench(kind)
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a","n":1},"event_id":"\#(id)"}"#)
    let same = try bench.append(
      #"{"event_id":"\#(id)","labels":{"a":"b"},"source":"s","expect":9,"payload": { "id" : "a" , "n":1 } ,"type":"thing_noted"}"#
    )
    #expect(same.isDuplicate)
    for other in [
      #"{"id":"a","n":1.0}"#, #"{"n":1,"id":"a"}"#, #"{"id":"a","n":2}"#, #"{"id":"a"}"#,
      #"{"id":"b","n":1}"#, #"{"id":"\u0061","n":1}"#,
    ] {
      let error = #expect(throws: LogError.self, "\(other)") {
        try bench.append(#"{"type":"thing_noted","payload":\#(other),"event_id":"\#(id)"}"#)
      }
      #expect(error?.code == .idTaken)
    }
    let otherType = #expect(throws: LogError.self) {
      try bench.append(#"{"type":"thing_seen","payload":{"id":"a","n":1},"event_id":"\#(id)"}"#)
    }
    #expect(otherType?.code == .idTaken)
    #expect(try bench.engine.head().position == Position(1))
  }

  @Test(arguments: LogKind.allCases)
  func `a key is unique within its source and type`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let first = try bench.append(line(#""key":"k","source":"one""#))
    #expect(try bench.append(line(#""key":"k","source":"two""#)).position == Position(2))
    #expect(
      try bench.append(line(#""key":"k","source":"one""#, type: "thing_seen")).position
        == Position(3))
    #expect(try bench.append(line(#""key":"K","source":"one""#)).position == Position(4))
    try bench.reopen()
    let again = try bench.append(line(#""key":"k","source":"one""#))
    #expect(again.isDuplicate)
    #expect(again.position == first.position)
    #expect(again.eventID == first.eventID)
    let error = #expect(throws: LogError.self) {
      try bench.append(line(#""key":"k","source":"one""#, id: "b"))
    }
    #expect(error?.code == .idTaken)
    #expect(try bench.engine.head().position == Position(4))
  }

  @Test(arguments: LogKind.allCases)
  func `source, type and key do not run into each other`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(line(#""key":"bc","source":"a""#))
    #expect(try !bench.append(line(#""key":"c","source":"ab""#)).isDuplicate)
    #expect(try !bench.append(line(#""key":"abc""#)).isDuplicate)
  }

  @Test(arguments: LogKind.allCases)
  func `twins in one batch are stored once`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let twin = line(#""event_id":"\#(id)""#)
    let outcomes = try bench.append(all: [twin, line(#""key":"k""#), twin, line(#""key":"k""#)])
    let receipts = try outcomes.map { try $0.get() }
    #expect(receipts.map(\.position.rawValue) == [1, 2, 1, 2])
    #expect(receipts.map(\.isDuplicate) == [false, false, true, true])
    #expect(try bench.engine.head().position == Position(2))
  }

  @Test(arguments: LogKind.allCases)
  func `a batch that is sent again adds nothing`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let lines = (0..<100).map { line(#""key":"k\#($0)""#, id: "t\($0 % 9)") }
    let first = try bench.append(all: lines).map { try $0.get() }
    let before = try bench.dump()
    try bench.reopen()
    let again = try bench.append(all: lines).map { try $0.get() }
    #expect(again.map(\.isDuplicate) == again.map { _ in true })
    #expect(again.map(\.position) == first.map(\.position))
    #expect(try bench.dump() == before)
  }

  @Test(arguments: LogKind.allCases)
  func `an identifier of a refused draft stays free`(kind: LogKind) throws {
    let bench = try Bench(kind)
    #expect(throws: LogError.self) {
      try bench.append(line(#""event_id":"\#(id)","key":"k","expect":4"#))
    }
    #expect(
      try bench.append(line(#""event_id":"\#(id)","key":"k""#, id: "b")).position == Position(1))
  }
}
