internal import Bytes
internal import Engine
internal import Events
internal import JSON
internal import Policy
internal import TestSupport
import Testing

/// Which policies a stored patch is judged by.
@Suite struct PolicySourceTests {
  private static let patch = "01JD8WXY3Z0000000000000001"

  /// Folders with one global policy each.
  private static func source(
    _ folders: [String: String], _ places: @escaping @Sendable (String?) -> [String?]
  ) -> PolicySource {
    PolicySource(folders: places) { folder throws(LogError) in
      guard let folder, let constraints = folders[folder] else {
        throw LogError(.settings, "there is no folder \(folder ?? "")")
      }
      let text =
        #"{"patch_policy_id":"\#(folder)","scope":{"level":"global"},"#
        + #""constraints":\#(constraints)}"#
      do {
        return [try PolicyDocument(JSONDocument(parsing: Array(text.utf8)), file: folder)]
      } catch { throw LogError(.system, "\(error)") }
    }
  }

  private static func judgement(_ source: PolicySource) throws -> PatchJudgement {
    let bench = try Bench(.memory)
    try bench.append(TestPatches.created(patch, request: "01JD8WXY3Z0000000000000002"))
    return try bench.engine.judge(patch: #require(ULID(patch)), source)
  }

  @Test func `a patch is judged by the policies of its repository`() throws {
    let source = Self.source([
      "r": #"{"max_lines_changed":1,"require_issue_ref":false}"#
    ]) { [$0] }
    let judgement = try Self.judgement(source)
    #expect(judgement.verdict.problems.map(\.code) == ["too_many_lines", "request_unknown"])
    #expect(judgement.policy.policies.map(\.id) == ["r"])
  }

  @Test func `of two folders the stricter value of each rule holds`() throws {
    let one = #"""
      {"max_lines_changed":1,"min_reviewers":0,"forbid_touching_paths":["glob:a/**"],
       "require_issue_ref":false,"oscillation_window":4,"oscillation_threshold":4,
       "allowed_formats":["unified_diff","git_diff"]}
      """#
    let other = #"""
      {"max_files_changed":2,"max_lines_changed":9,"min_reviewers":2,"require_issue_ref":true,
       "forbid_touching_paths":["glob:a/**","glob:b/**"],"oscillation_window":6,
       "oscillation_threshold":5,"allowed_formats":["unified_diff"],"forbid_binary_patches":false}
      """#
    for places in [["r", "other"], ["other", "r"]] {
      let source = Self.source(["r": one, "other": other]) { _ in places }
      let policy = try Self.judgement(source).policy
      #expect(policy.linesMax.value == 1)
      #expect(policy.linesMax.file == "r")
      #expect(policy.filesMax.value == 2)
      #expect(policy.reviewersMin.value == 2)
      #expect(policy.reviewersMin.file == "other")
      #expect(policy.requiresIssue.value)
      #expect(policy.forbidsBinary.value)
      #expect(policy.oscillation.value?.window == 6)
      #expect(policy.oscillation.value?.threshold == 4)
      #expect(policy.allowedFormats.value == ["unified_diff"])
      #expect(Set(policy.forbiddenPaths.map(\.value.text)) == ["glob:a/**", "glob:b/**"])
      #expect(policy.forbiddenPaths.count == 2)
      #expect(Set(policy.policies.map(\.id)) == ["r", "other"])
    }
  }

  @Test func `a folder that can't be read stops the patch`() throws {
    let error = #expect(throws: LogError.self) {
      try Self.judgement(Self.source(["r": "{}"]) { _ in ["r", "gone"] })
    }
    #expect(error?.code == .settings)
  }

  @Test func `texts are cut to what an event has room for`() {
    let few = ["a", "b"]
    #expect(few.cutToFit == few)
    let many = Array(repeating: String(repeating: "\u{1}", count: 1000), count: 100).cutToFit
    #expect(many.count < 30)
    #expect(many.last == "… and \(100 - many.count + 1) more")
  }
}
