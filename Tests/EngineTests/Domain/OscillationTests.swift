internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

@Suite struct OscillationTests {
  private static let policy =
    #"{"require_issue_ref":false,"min_reviewers":0,"oscillation_window":4,"#
    + #""oscillation_threshold":3}"#
  private static let record = TestPatches.record(
    #""oscillation_window":4,"oscillation_threshold":3"#, under: policy)

  private static func ulid(_ number: UInt64) -> String {
    ULID(milliseconds: 1, random: (0, number)).description
  }

  private func bench(_ kind: LogKind = .memory, _ policy: String = policy) throws -> Bench {
    try Bench(kind, policies: TestPatches.policies(policy))
  }

  /// A patch of a request of its own: a letter for `x`'s new value, the one before for the old.
  private func created(_ number: UInt64, _ diff: String, _ more: String = "") -> String {
    TestPatches.created(
      Self.ulid(number), request: Self.ulid(1000 + number), diff: diff, more)
  }

  private func validate(_ number: UInt64, _ bench: Bench) -> LogError? {
    do throws(LogError) {
      try bench.append(TestPatches.validated(Self.ulid(number), Self.record))
      return nil
    } catch { return error }
  }

  private let forth = TestPatches.diff(from: "A", to: "B")
  private let back = TestPatches.diff(from: "B", to: "A")

  @Test(arguments: LogKind.allCases)
  func `the third patch that goes back and forth is one too many`(kind: LogKind) throws {
    let bench = try bench(kind)
    for (number, diff) in [(1, forth), (2, back), (3, forth)] as [(UInt64, String)] {
      try bench.append(created(number, diff))
    }
    #expect(validate(1, bench) == nil)
    #expect(validate(2, bench) == nil)
    let error = validate(3, bench)
    #expect(error?.code == .rejected)
    #expect(error?.message.contains("constraints: it repeats or takes back 2") == true)
    #expect(error?.message.contains("patch-\(Self.ulid(2)), patch-\(Self.ulid(1))") == true)
  }

  @Test func `the negative control: without both numbers nothing is counted`() throws {
    let bench = try Bench(.memory)
    for number in 1...4 as ClosedRange<UInt64> {
      try bench.append(created(number, number % 2 == 0 ? back : forth))
      try bench.append(TestPatches.validated(Self.ulid(number)))
    }
  }

  @Test func `only so many patches before it are looked at`() throws {
    let bench = try bench()
    try bench.append(created(1, forth))
    try bench.append(created(2, back))
    for number in 3...5 as ClosedRange<UInt64> {
      try bench.append(created(number, TestPatches.diff("b\(number)")))
    }
    // Of the four before it only one is alike; of the five there would be two.
    try bench.append(created(6, forth))
    #expect(validate(6, bench) == nil)
    let wide = try self.bench(
      .memory, Self.policy.replacing(#""oscillation_window":4"#, with: #""oscillation_window":5"#))
    for number in 1...6 as ClosedRange<UInt64> {
      let diff =
        number == 2 ? back : number < 3 || number == 6 ? forth : TestPatches.diff("\(number)")
      try wide.append(created(number, diff))
    }
    #expect(validate(6, wide)?.pointer == "/validation")
  }

  @Test func `the patches of another workstream don't count, nor what was undone`() throws {
    let bench = try bench()
    func stream(_ name: String) -> String { #","workstream_id":"\#(name)""# }
    try bench.append(created(1, forth, stream("a")))
    try bench.append(created(2, back, stream("b")))
    let undone = try bench.append(created(3, back, stream("a")))
    try bench.append(
      #"{"type":"event_reversed","payload":{"target":"\#(undone.eventID)","reason":"r"}}"#)
    try bench.append(created(4, forth, stream("a")))
    #expect(validate(4, bench) == nil)
    try bench.append(created(5, back, stream("a")))
    #expect(validate(5, bench) != nil)
  }

  @Test func `a patch that says what it takes back or replaces means it`() throws {
    for relation in ["rollback_of_patch_id", "replaces_patch_id"] {
      let bench = try bench()
      try bench.append(created(1, forth))
      try bench.append(created(2, back))
      let more = #","relations":{"\#(relation)":"\#(Self.ulid(2))"}"#
      try bench.append(created(3, forth, more))
      #expect(validate(3, bench) == nil)
      try bench.append(created(4, back))
      #expect(validate(4, bench) != nil)
    }
  }

  @Test func `drafts of the same unit count, answers that are there already do not`() throws {
    let bench = try bench()
    let outcomes = try bench.append(all: [
      created(1, forth), created(2, back), created(3, forth),
      TestPatches.validated(Self.ulid(2), Self.record),
      TestPatches.validated(Self.ulid(3), Self.record),
    ])
    #expect(outcomes.map { $0.place != nil } == [true, true, true, true, false])
    let other = try self.bench()
    try other.append(created(1, forth))
    // The same answer under another name is the first patch, not a second one.
    let again = TestPatches.created(Self.ulid(9), request: Self.ulid(1001), diff: forth)
    let answers = try other.append(all: [
      again, created(3, back), TestPatches.validated(Self.ulid(3), Self.record),
    ])
    #expect(answers.map { $0.place != nil } == [true, true, true])
  }

  @Test func `patches far back are found, others in between are passed over`() throws {
    let bench = try bench()
    func stream(_ name: String) -> String { #","workstream_id":"\#(name)""# }
    try bench.append(created(1, forth, stream("a")))
    try bench.append(created(2, back, stream("a")))
    try bench.append(all: (0..<3000).map { _ in #"{"type":"note","payload":{"text":"n"}}"# })
    try bench.append(created(3, forth, stream("a")))
    #expect(validate(3, bench) != nil)
  }

  @Test(arguments: [(false, true), (true, false)])
  func `a patch of an unknown request is told of, or refused`(refuses: Bool, passes: Bool) throws {
    var rules = Rules()
    rules.refusesUnknownRequests = refuses
    let bench = try Bench(.memory, rules: rules, policies: TestPatches.policies(Self.policy))
    try bench.append(created(1, forth))
    let error = validate(1, bench)
    #expect((error == nil) == passes)
    if let error { #expect(error.message.contains("does not know the request")) }
  }
}
