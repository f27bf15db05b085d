internal import Bytes
internal import Engine
internal import Events
internal import TestSupport
import Testing

/// What both logs promise about payloads.
@Suite struct PayloadTests {
  @Test(arguments: LogKind.allCases)
  func `tokens come back as they were received, white space dropped`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let tokens = [
      #"1.0"#, #"1e3"#, #"1E+3"#, #"-0"#, #"-0.0"#, #"0.10"#, #"1e400"#,
      #"12345678901234567890123"#,
      #""\u00e9""#, #""\u00E9""#, #""é""#, #""\/""#, #""/""#, #""\ud83e\uddab""#, #""a\tb""#,
      #""""#,
      #"" two  spaces ""#, #"{"z":1,"a":2}"#, #"[]"#, #"{}"#, #"[[],[{}]]"#, "true", "false",
      "null",
    ]
    for token in tokens {
      try bench.append(#"{"type":"thing_noted","payload":{"z":\#(token),"id":"a"}}"#)
      try bench.append(
        "{\"type\":\"thing_noted\",\"payload\":\n\t{ \"z\" : \(token) ,\r\n \"id\":\"a\" } }")
    }
    let dump = try bench.dump()
    for (index, token) in tokens.enumerated() {
      #expect(dump.payload(index * 2 + 1) == #"{"z":\#(token),"id":"a"}"#)
      #expect(dump.payload(index * 2 + 2) == #"{"z":\#(token),"id":"a"}"#)
    }
  }

  /// The bytes of an object with only an id and a filler.
  private func payload(byteCount: Int) -> String {
    let empty = #"{"id":"a","filler":""}"#
    return #"{"id":"a","filler":"\#(String(repeating: "x", count: byteCount - empty.utf8.count))"}"#
  }

  @Test(arguments: LogKind.allCases)
  func `payloads of every size around the limits of pieces read back equal`(kind: LogKind) throws {
    let bench = try Bench(kind)
    var sizes = [22, 23, 100]
    // Below 1344 with its envelope a record is one row.
    sizes += Array(1150...1350)
    for middle in [3400, 4080, 4096, 8176, 12272, 65520, 65536, 69616, 131_040, 200_000] {
      sizes += [
        middle - 17, middle - 1, middle, middle + 1, middle + 16, middle + 980, middle + 3400,
      ]
    }
    sizes += [262_143, 262_144]
    var payloads: [String] = []
    for chunk in stride(from: 0, to: sizes.count, by: 40) {
      let some = sizes[chunk..<min(chunk + 40, sizes.count)].map { payload(byteCount: $0) }
      payloads += some
      let lines = some.map { #"{"type":"thing_noted","payload":\#($0)}"# }
      _ = try bench.append(all: lines).map { try $0.get() }
    }
    try bench.reopen()
    let dump = try bench.dump()
    for (index, payload) in payloads.enumerated() {
      #expect(dump.events[index].payload?.count == sizes[index])
      #expect(dump.payload(index + 1) == payload)
      // Read singly and by scanning: two ways to the same bytes.
      let single = try bench.engine.event(.position(Position(UInt64(index) + 1)))
      #expect(single == dump.events[index])
      let salt = Salt(littleEndian: dump.salts[index])
      #expect(salt?.commitment(to: Array(payload.utf8)[...]) == single.envelope.commitment)
      #expect(single.envelope.payloadByteCount == UInt32(sizes[index]))
    }
  }

  @Test(arguments: LogKind.allCases)
  func `one byte above the limit is refused`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let error = #expect(throws: LogError.self) {
      try bench.append(#"{"type":"thing_noted","payload":\#(payload(byteCount: 262_145))}"#)
    }
    #expect(error?.code == .badInput)
    #expect(error?.actual == "262145")
    // White space does not count.
    let spaced = payload(byteCount: 262_144).replacing(#","filler""#, with: #",     "filler""#)
    #expect(
      try bench.append(#"{"type":"thing_noted","payload":\#(spaced)}"#).position == Position(1))
  }

  @Test(arguments: LogKind.allCases)
  func `the limits of the other fields hold: fine at, refused above`(kind: LogKind) throws {
    let bench = try Bench(kind)
    func append(_ members: String, id: String = "a") throws(LogError) -> Receipt {
      try bench.append(#"{"type":"thing_noted","payload":{"id":"\#(id)"},\#(members)}"#)
    }
    func text(_ count: Int) -> String { String(repeating: "x", count: count) }
    func labels(_ count: Int) -> String {
      #""labels":{"# + (0..<count).map { #""k\#($0)":"v""# }.joined(separator: ",") + "}"
    }
    for (fine, refused) in [
      (#""key":"\#(text(128))""#, #""key":"\#(text(129))""#),
      (#""source":"\#(text(128))""#, #""source":"\#(text(129))""#),
      (#""correlation_id":"\#(text(128))""#, #""correlation_id":"\#(text(129))""#),
      (labels(16), labels(17)),
      (#""labels":{"\#(text(64))":"\#(text(64))"}"#, #""labels":{"\#(text(65))":"v"}"#),
      (#""labels":{"k":"é"}"#, #""labels":{"k":"\#(text(65))"}"#),
    ] {
      #expect(throws: Never.self) { try append(fine) }
      let error = #expect(throws: LogError.self, "\(refused)") { try append(refused) }
      #expect(error?.code == .badInput)
    }
    #expect(throws: Never.self) { try append(#""source":"s""#, id: text(255 - 6)) }
    #expect(throws: LogError.self) { try append(#""source":"s""#, id: text(256 - 6)) }
  }

  @Test(arguments: LogKind.allCases)
  func `no two records share a salt`(kind: LogKind) throws {
    let bench = try Bench(kind)
    for index in 0..<20 {
      try bench.append(#"{"type":"thing_noted","payload":{"id":"s\#(index)"}}"#)
    }
    // A failing task makes the log append a reaction with a salt of its own.
    for index in 0..<5 {
      let task = "01ARZ3NDEKTSV4RRFFQ69G5FA\(index)"
      try bench.append(
        #"{"type":"task_created","payload":{"task_id":"\#(task)","name":"n","kind":"code"}}"#)
      try bench.append(
        #"{"type":"task_assigned","payload":{"task_id":"\#(task)","worker_id":"w"}}"#)
      try bench.append(#"{"type":"task_started","payload":{"task_id":"\#(task)"}}"#)
      let failed = try bench.append(
        #"{"type":"task_failed","payload":{"task_id":"\#(task)","failure_kind":"test","error_message":"m\#(index)"}}"#
      )
      #expect(!failed.reactions.isEmpty)
      try bench.append(#"{"type":"thing_noted","payload":{"id":"after"}}"#)
    }
    let salts = try bench.dump().salts
    #expect(Set(salts).count == salts.count)
  }
}

extension Salt {
  init?(littleEndian bytes: [UInt8]) {
    var reader = ByteReader(bytes.rawSpan)
    self.init(high: reader.integer(UInt64.self), low: reader.integer(UInt64.self))
    guard !reader.failed else { return nil }
  }
}
