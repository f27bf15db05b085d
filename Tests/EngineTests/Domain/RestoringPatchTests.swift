internal import Bytes
internal import Engine
internal import Events
internal import Policy
internal import TestSupport
import Testing

/// Patches that take back what another one did: sizes and scopes do not bind them.
@Suite struct RestoringPatchTests {
  private static let request = "01JD8WXY3Z0000000000000002"
  private static let patch = "01JD8WXY3Z0000000000000003"
  private static let reverse = "01JD8WXY3Z0000000000000004"
  private static let back =
    #"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-2\n+1\n"#

  /// What is wrong with a patch that says it takes the other one back, by a policy that allows one
  /// line.
  private static func problems(_ bench: Bench) throws -> [String] {
    let strict = #"{"require_issue_ref":false,"min_reviewers":0,"max_lines_changed":1}"#
    return try bench.engine.judge(patch: #require(ULID(reverse)), TestPatches.policies(strict))
      .verdict.problems.map(\.code).filter { $0 != "request_unknown" }
  }

  @Test(arguments: [
    (back, []), (back.replacing(#"-2\n+1"#, with: #"-2\n+3"#), ["too_many_lines"]),
  ])
  func `only the exact reverse of what is committed restores`(
    diff: String, problems: [String]
  ) throws {
    let bench = try Bench(.memory)
    try bench.append(TestPatches.created(Self.patch, request: Self.request))
    try bench.append(
      TestPatches.created(
        Self.reverse, request: Self.request, diff: diff,
        #","relations":{"rollback_of_patch_id":"\#(Self.patch)"}"#))
    try bench.append(TestPatches.validated(Self.patch))
    let steps = [
      ("queued", ""), ("apply_started", ""), ("apply_succeeded", ""),
      ("verified", #","tests_ran":false,"tests_passed":false"#),
      ("committed", #","commit_sha":"\#(String(repeating: "a", count: 40))""#),
    ]
    for (step, more) in steps {
      #expect(try Self.problems(bench) == ["too_many_lines"], "before it is \(step)")
      try bench.append(
        #"{"type":"patch_\#(step)","payload":{"patch_id":"\#(Self.patch)"\#(more)}}"#)
    }
    #expect(try Self.problems(bench) == problems)
  }
}
