internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// Patches that an import brought, and copies of its events.
@Suite struct ImportedPatchTests {
  private static let hash = String(repeating: "f", count: 40)
  private static let ids = CommitIDs(hash: hash, seconds: 1_700_000_000)
  private static let patch = ids.patch.description
  private static let record = #""policy":{"digest":"0000000000000000"}"#

  /// A patch that no policy lets pass.
  private static func created(_ id: String = patch, hash: String = hash) -> String {
    TestPatches.created(id, request: ids.id("request").description, diff: TestPatches.diff("../x"))
      .replacing(
        #""created_at":"2025-11-22T09:15:08Z""#,
        with: #""tool_run_id":"\#(hash)","created_at":"\#(ids.time)""#)
  }

  private static func identified(_ line: String, _ id: ULID) -> String {
    line.dropLast() + #","event_id":"\#(id)"}"#
  }

  private static func validated(_ id: ULID = ids.id("patch_validated")) -> String {
    identified(TestPatches.validated(patch, record), id)
  }

  private static func step(_ type: String, _ more: String = "") -> String {
    identified(
      #"{"type":"\#(type)","payload":{"patch_id":"\#(patch)"\#(more)}}"#, ids.id(type))
  }

  private static let later = [
    step("patch_queued"), step("patch_apply_succeeded"),
    step("patch_verified", #","tests_ran":false,"tests_passed":false"#),
    step("patch_committed", #","commit_sha":"\#(hash)""#),
  ]

  @Test(arguments: LogKind.allCases)
  func `a copy of an import comes in as one, one by one and together`(kind: LogKind) throws {
    let lines = [Self.created(), Self.validated()] + Self.later
    let bench = try Bench(kind)
    var flags: [EventFlags] = []
    for line in lines { flags.append(try bench.append(line).flags) }
    #expect(flags == [[]] + Array(repeating: EventFlags.imported, count: 5))
    let other = try Bench(kind)
    let outcomes = try other.append(all: lines)
    #expect(try outcomes.map { try $0.get().flags } == flags)
    #expect(try bench.engine.patch(Self.ids.patch).state.status == .committed)
    #expect(try other.engine.patch(Self.ids.patch).state.status == .committed)
    // A second copy adds nothing.
    #expect(try other.append(all: lines).allSatisfy { $0.place?.isDuplicate == true })
  }

  @Test func `what has other ids than the commit's is judged`() throws {
    let other = ULID(milliseconds: Self.ids.patch.milliseconds, random: (0, 5))
    let cases = [
      (Self.created(), Self.validated(other)),
      (Self.created(hash: String(repeating: "e", count: 40)), Self.validated()),
    ]
    for (created, validated) in cases {
      let bench = try Bench(.memory)
      try bench.append(created)
      #expect(throws: LogError.self) { try bench.append(validated) }
      let together = try Bench(.memory)
      #expect(
        try together.append(all: [created, validated]).map { $0.place != nil } == [true, false])
    }
  }

  @Test func `a step of an imported patch comes in under its own id only`() throws {
    let other = ULID(milliseconds: Self.ids.patch.milliseconds, random: (0, 5))
    let queued = Self.later[0].replacing("\(Self.ids.id("patch_queued"))", with: "\(other)")
    let bench = try Bench(.memory)
    for line in [Self.created(), Self.validated()] { try bench.append(line) }
    let error = #expect(throws: LogError.self) { try bench.append(queued) }
    #expect(error?.message.contains("was imported") == true)
    let together = try Bench(.memory)
    #expect(
      try together.append(all: [Self.created(), Self.validated(), queued]).map { $0.place != nil }
        == [true, true, false])
  }

  @Test func `a verdict that nobody judged takes a patch nowhere`() throws {
    let bench = try Bench(.memory)
    try bench.append(Self.created())
    #expect(try bench.append(Self.validated()).flags.contains(.imported))
    let error = #expect(throws: LogError.self) {
      try bench.append(#"{"type":"patch_queued","payload":{"patch_id":"\#(Self.patch)"}}"#)
    }
    #expect(error?.code == .rejected)
    #expect(error?.message.contains("was imported") == true)
    // The way on: aside, and up again as a new patch.
    try bench.append(
      #"{"type":"patch_quarantined","payload":{"patch_id":"\#(Self.patch)","reason":"r"}}"#)
  }

  @Test func `steps with a commit's ids don't pass by the guards of a patch that was judged here`()
    throws
  {
    let policy = #"{"require_issue_ref":false,"min_reviewers":1}"#
    let bench = try Bench(.memory, policies: TestPatches.policies(policy))
    try bench.append(
      Self.created().replacing("../x", with: "x"))
    try bench.append(
      TestPatches.validated(
        Self.patch, TestPatches.record(#""min_reviewers":1"#, under: policy)))
    let error = #expect(throws: LogError.self) { try bench.append(Self.later[0]) }
    #expect(error?.message.contains("lacks approving reviews") == true)
    #expect(throws: LogError.self) { try bench.append(all: [Self.later[0]])[0].get() }
  }

  @Test func `a step that was copied beside an import is looked at again under the lock`() throws {
    let bench = try Bench(.memory)
    try bench.append(Self.created().replacing("../x", with: "x"))
    let queued = try bench.engine.prepare(bench.draft(Self.later[0]))
    let copied = queued.judged(PatchClaim(created: .none, isOfImport: true))
    try bench.append(TestPatches.validated(Self.patch))
    var unit = AppendUnit(
      [copied], isAtomic: true,
      preparer: Preparer(
        catalog: bench.catalog, identity: bench.engine.log.identity, settingsDigest: 0,
        clock: bench.clock, entropy: SeededEntropy(seed: 3)),
      rules: bench.rules, clock: bench.clock)
    let error = #expect(throws: LogError.self) {
      try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &unit)
    }
    #expect(error?.code == .conflict)
  }
}
