internal import Bytes
internal import Engine
internal import Events
internal import Policy
internal import TestSupport
import Testing

/// A `patch_validated` is judged again before it is stored.
@Suite struct PatchClaimTests {
  private static func ulid(_ number: UInt64) -> String {
    ULID(milliseconds: 1, random: (0, number)).description
  }
  private static let patch = ulid(1)
  private static let request = ulid(2)
  private static let bad = TestPatches.diff("../x")

  private static func created(_ diff: String = TestPatches.diff(), _ more: String = "") -> String {
    TestPatches.created(patch, request: request, diff: diff, more)
  }

  private static let limited =
    #"{"max_lines_changed":2,"max_files_changed":3,"min_reviewers":1,"require_issue_ref":false,"#
    + #""require_tests_for_paths":["core/.*"],"oscillation_window":5,"oscillation_threshold":3}"#

  @Test(arguments: LogKind.allCases)
  func `a patch that fails a check is not validated, whatever is claimed`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(Self.created(Self.bad))
    for checks in [(true, true, true), (false, true, true), (false, false, false)] {
      let error = #expect(throws: LogError.self) {
        try bench.append(TestPatches.validated(Self.patch, checks: checks))
      }
      #expect(error?.code == .rejected)
      #expect(error?.message.contains("../x") == true)
      #expect(error?.hint?.contains("uetlog patch validate \(Self.patch)") == true)
    }
    #expect(try bench.engine.head().position == Position(1))
  }

  @Test(arguments: LogKind.allCases)
  func `the negative control: what passes is taken, and so is who claims less`(
    kind: LogKind
  ) throws {
    for checks in [(true, true, true), (false, true, false)] {
      let bench = try Bench(kind)
      try bench.append(Self.created())
      #expect(
        try bench.append(TestPatches.validated(Self.patch, checks: checks)).position == Position(2))
    }
  }

  @Test func `nothing is judged without policies`() throws {
    let bench = try Bench(.memory, policies: nil)
    try bench.append(Self.created())
    let error = #expect(throws: LogError.self) {
      try bench.append(TestPatches.validated(Self.patch))
    }
    #expect(error?.code == .settings)
  }

  @Test func `an earlier draft of the same unit is what is judged`() throws {
    for isAtomic in [false, true] {
      let bench = try Bench(.memory)
      var options = AppendOptions()
      options.isAtomic = isAtomic
      let good = [Self.created(), TestPatches.validated(Self.patch)]
      #expect(try bench.append(all: good, options).allSatisfy { $0.place != nil })
      let other = try Bench(.memory)
      let lines = [Self.created(Self.bad), TestPatches.validated(Self.patch)]
      if isAtomic {
        let error = #expect(throws: LogError.self) { try other.append(all: lines, options) }
        #expect(error?.line == 2)
      } else {
        let outcomes = try other.append(all: lines)
        #expect(outcomes.first?.place != nil)
        #expect(outcomes.last?.place == nil)
      }
    }
  }

  @Test func `of several drafts that create a patch each must pass`() throws {
    let bench = try Bench(.memory)
    let outcomes = try bench.append(all: [
      Self.created(), TestPatches.created(Self.patch, request: Self.ulid(3), diff: Self.bad),
      TestPatches.validated(Self.patch),
    ])
    #expect(outcomes.map { $0.place != nil } == [true, false, false])
    // Now the log says which one it is.
    try bench.append(TestPatches.validated(Self.patch))
  }

  @Test func `a request of the same unit narrows what its patch may touch`() throws {
    let bench = try Bench(.memory)
    let request =
      #"{"type":"execution_requested","payload":{"request":{"request_id":"\#(Self.request)","#
      + #""project_id":"p","phase_id":"f","task_kind":"t","classification":{},"#
      + #""resource_scope":{"write":["src/**"]},"constraints":{},"routing":{"strategy":"fixed"}}}}"#
    let outcomes = try bench.append(all: [
      Self.created(), request, TestPatches.validated(Self.patch),
    ])
    #expect(outcomes.map { $0.place != nil } == [true, true, false])
  }

  // L-16
  @Test(arguments: [("p", "f", true), ("q", "f", false), ("p", "g", false)])
  func `a patch is of the project and the phase that its request names`(
    project: String, phase: String, isTaken: Bool
  ) throws {
    let bench = try Bench(.memory)
    let request =
      #"{"type":"execution_requested","payload":{"request":{"request_id":"\#(Self.request)","#
      + #""project_id":"\#(project)","phase_id":"\#(phase)","task_kind":"t","classification":{},"#
      + #""resource_scope":{},"constraints":{},"routing":{"strategy":"fixed"}}}}"#
    let outcomes = try bench.append(all: [
      request, Self.created(TestPatches.diff(), #","phase_id":"f""#),
      TestPatches.validated(Self.patch),
    ])
    #expect(outcomes.map { $0.place != nil } == [true, true, isTaken])
  }

  @Test func `a phase that nobody declared is told, and clears no check`() throws {
    let bench = try Bench(.memory)
    try bench.append(Self.created(TestPatches.diff(), #","phase_id":"f","issue_ref":"  ""#))
    let id = try #require(ULID(Self.patch))
    let none = PolicySource { [] }
    let problems = try bench.engine.judge(patch: id, none).verdict.problems
    #expect(problems.first { $0.code == "phase_unknown" }?.check == .notice)
    // Blanks name no issue.
    #expect(problems.contains { $0.code == "issue_ref_missing" })
    let other = try Bench(.memory)
    try other.append(Self.created(TestPatches.diff(), #","issue_ref":"B-1""#))
    let codes = try other.engine.judge(patch: id, none).verdict.problems.map(\.code)
    #expect(codes == ["request_unknown"])
  }

  @Test(arguments: [
    (#""min_reviewers":1,"max_lines_changed":2,"max_files_changed":3"#, "oscillation_window"),
    (#""min_reviewers":0,"max_lines_changed":2,"max_files_changed":3"#, "min_reviewers"),
    (#""min_reviewers":1,"max_lines_changed":3,"max_files_changed":3"#, "max_lines_changed"),
    (#""min_reviewers":1,"max_lines_changed":2"#, "max_files_changed"),
    (
      #""min_reviewers":1,"max_lines_changed":2,"max_files_changed":3,"oscillation_window":4,"#
        + #""oscillation_threshold":3"#, "oscillation_window"
    ),
    (
      #""min_reviewers":1,"max_lines_changed":2,"max_files_changed":3,"oscillation_window":5,"#
        + #""oscillation_threshold":4"#, "oscillation_threshold"
    ),
    (Self.full + #","max_apply_attempts":4,"tests_required":true"#, "max_apply_attempts"),
    (Self.full + #","tests_required":false"#, "tests_required"),
    (Self.full, "tests_required"),
  ])
  func `a record that is weaker than the policy is refused`(record: String, member: String) throws {
    let bench = try Bench(.memory, policies: TestPatches.policies(Self.limited))
    try bench.append(Self.created(TestPatches.diff("core/a.py")))
    let error = #expect(throws: LogError.self) {
      try bench.append(
        TestPatches.validated(Self.patch, TestPatches.record(record, under: Self.limited)))
    }
    #expect(error?.code == .rejected)
    #expect(error?.pointer == "/policy/" + member)
  }

  private static let full =
    #""min_reviewers":1,"max_lines_changed":2,"max_files_changed":3,"oscillation_window":5,"#
    + #""oscillation_threshold":3"#

  @Test func `a record that is stricter than the policy is taken, one of another policy is not`()
    throws
  {
    let bench = try Bench(.memory, policies: TestPatches.policies(Self.limited))
    try bench.append(Self.created(TestPatches.diff("core/a.py")))
    let stricter =
      #""min_reviewers":2,"max_lines_changed":1,"max_files_changed":1,"oscillation_window":6,"#
      + #""oscillation_threshold":2,"tests_required":true,"max_apply_attempts":1"#
    let other = #expect(throws: LogError.self) {
      try bench.append(TestPatches.validated(Self.patch, TestPatches.record(stricter)))
    }
    #expect(other?.pointer == "/policy/digest")
    try bench.append(
      TestPatches.validated(Self.patch, TestPatches.record(stricter, under: Self.limited)))
  }

  @Test func `a failed validation and an import are not judged`() throws {
    let bench = try Bench(.memory)
    try bench.append(Self.created(Self.bad))
    var draft = try bench.draft(
      TestPatches.validated(Self.patch, #""policy":{"digest":"0000000000000000"}"#))
    draft.flags = .imported
    #expect(try bench.engine.append(draft).flags.contains(.imported))
    let other = try Bench(.memory)
    try other.append(Self.created(Self.bad))
    try other.append(
      TestPatches.validated(Self.patch).replacing(
        "patch_validated", with: "patch_validation_failed"))
  }

  @Test func `a record names the policies that are in force`() throws {
    let bench = try Bench(.memory)
    try bench.append(Self.created())
    let record = TestPatches.record()
    for ids in [#"[]"#, #"["test","other"]"#, #"["other"]"#] {
      let error = #expect(throws: LogError.self) {
        try bench.append(
          TestPatches.validated(Self.patch, record.replacing(#"["test"]"#, with: ids)))
      }
      #expect(error?.pointer == "/policy/policy_ids")
    }
    try bench.append(TestPatches.validated(Self.patch, record))
  }

  @Test func `a phase of the same unit narrows what its patch may touch`() throws {
    func outcomes(_ path: String) throws -> [Bool] {
      let bench = try Bench(.memory)
      let phase =
        #"{"type":"phase_declared","payload":{"spec":{"phase_id":"f","name":"F","#
        + #""category":"core_dev","resource_scope":{"type":"files","write":["src/**"]},"#
        + #""acceptance":{"mode":"all","checks":[]},"constraints":{}}}}"#
      return try bench.append(all: [
        Self.created(TestPatches.diff(path), #","phase_id":"f""#), phase,
        TestPatches.validated(Self.patch),
      ]).map { $0.place != nil }
    }
    #expect(try outcomes("lib/a") == [true, true, false])
    #expect(try outcomes("src/a") == [true, true, true])
  }

  @Test func `who sends it again has the first receipt, whatever the policy has become`() throws {
    let bench = try Bench(.lmdb)
    let id = Self.ulid(7)
    let line = TestPatches.validated(Self.patch).dropLast() + #","event_id":"\#(id)"}"#
    try bench.append(Self.created())
    let first = try bench.append(String(line))
    let strict = Engine(
      log: bench.engine.log, catalog: bench.catalog,
      policies: TestPatches.policies(#"{"max_lines_changed":1}"#))
    let again = try strict.append(bench.draft(String(line)))
    #expect(again.isDuplicate)
    #expect(again.position == first.position)
  }

  @Test func `a patch that was created anew while it was judged is judged again`() throws {
    let bench = try Bench(.memory)
    let first = try bench.append(Self.created())
    let prepared = try bench.engine.prepare(bench.draft(TestPatches.validated(Self.patch)))
    // As if it had been judged before another patch of this name took the place of the first.
    let judged = prepared.judged(PatchClaim(created: first.position))
    let target = first.eventID
    try bench.append(
      #"{"type":"event_reversed","payload":{"target":"\#(target)","reason":"r"}}"#)
    try bench.append(
      TestPatches.created(Self.patch, request: Self.ulid(3), diff: TestPatches.diff(to: "3")))
    var unit = AppendUnit(
      [judged], isAtomic: true, preparer: try Self.preparer(bench), rules: bench.rules,
      clock: bench.clock)
    let error = #expect(throws: LogError.self) {
      try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &unit)
    }
    #expect(error?.code == .conflict)
    // The negative control: what nobody judged is not taken either.
    var other = AppendUnit(
      [prepared], isAtomic: true, preparer: try Self.preparer(bench), rules: bench.rules,
      clock: bench.clock)
    #expect(throws: LogError.self) {
      try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &other)
    }
  }

  private static func preparer(_ bench: Bench) throws -> Preparer {
    Preparer(
      catalog: bench.catalog, identity: bench.engine.log.identity, settingsDigest: 0,
      clock: bench.clock, entropy: SeededEntropy(seed: 3))
  }
}
