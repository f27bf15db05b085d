internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// What a gate was declared as counts for its executions.
@Suite struct GateTypeTests {
  private static let patch = "01JD8WXY3Z0000000000000001"
  private static let subject = #""gate_id":"G","subject":"patch-\#(patch)""#
  private static let passed = #"{"type":"gate_passed","payload":{\#(subject)}}"#

  private static func bench(_ type: String?) throws -> Bench {
    let bench = try Bench(.memory)
    try bench.append(TestPatches.created(patch, request: "01JD8WXY3Z0000000000000002"))
    if let type {
      try bench.append(
        #"{"type":"gate_declared","payload":{"gate_id":"G","name":"n","gate_type":"\#(type)"}}"#)
    }
    try bench.append(#"{"type":"gate_started","payload":{\#(subject)}}"#)
    return bench
  }

  private static func testPasses(_ bench: Bench) throws -> Int32 {
    try bench.engine.patch(#require(ULID(patch))).state.gatePasses
  }

  private static func payload(_ bench: Bench, _ position: Position) throws -> String {
    var found: [UInt8]?
    try bench.engine.replay(Query()) { event in
      if event.position == position { found = event.payload }
      return true
    }
    return String(decoding: try #require(found), as: UTF8.self)
  }

  @Test func `a gate of tests that passed without results has run tests`() throws {
    let bench = try Self.bench("unit_tests")
    let position = try bench.append(Self.passed).position
    #expect(try Self.testPasses(bench) == 1)
    #expect(try Self.payload(bench, position).hasPrefix(#"{"gate_type":"unit_tests","#))
  }

  @Test func `the negative control: a gate of another type, or of none, has not`() throws {
    for type in ["lint", nil] {
      let bench = try Self.bench(type)
      try bench.append(Self.passed)
      #expect(try Self.testPasses(bench) == 0)
    }
    let bench = try Self.bench("lint")
    #expect(throws: LogError.self) {
      try bench.append(Self.passed.replacing("}}", with: #","gate_type":"unit_tests"}}"#))
    }
  }

  @Test func `what was offered and what is stored of it are the same event`() throws {
    let bench = try Self.bench("unit_tests")
    let id = #","event_id":"01JD8WXY3Z0000000000000009"}"#
    let line = Self.passed.dropLast() + id
    let first = try bench.append(String(line))
    #expect(try bench.append(String(line)).isDuplicate)
    let copy = #"{"type":"gate_passed","payload":\#(try Self.payload(bench, first.position))"# + id
    #expect(try bench.append(copy).isDuplicate)
    let other = copy.replacing(#""G""#, with: #""H""#)
    #expect(throws: LogError.self) { try bench.append(other) }
  }
}
