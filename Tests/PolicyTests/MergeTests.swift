import Testing

@testable import Policy

@Suite struct MergeTests {
  private let everywhere = PolicyScope.Query(project: "p", phase: "f", doc: "d")

  private func levels() throws -> [PolicyDocument] {
    [
      try policy(
        #"{"max_lines_changed":100}"#, scope: #"{"level":"doc","doc_ulid":"d"}"#, file: "d.json"),
      try policy(
        #"{"max_lines_changed":300,"forbid_touching_paths":["legacy/.*"]}"#,
        scope: #"{"level":"project","project_id":"p"}"#, file: "p.json"),
      try policy(
        #"{"max_lines_changed":500,"forbid_touching_paths":["\\.git/"],"min_reviewers":0}"#),
      try policy(
        #"{"max_files_changed":3,"min_reviewers":2}"#,
        scope: #"{"level":"phase","phase_id":"f"}"#, file: "f.json"),
    ]
  }

  // PO-01, PO-02, PO-03, PO-11
  @Test func `all policies that apply are merged, whatever order their files have`() throws {
    for policies in [try levels(), try levels().reversed()] {
      let found = try EffectivePolicy(of: policies, for: everywhere)
      #expect(found.policies.map(\.file) == ["global.json", "p.json", "f.json", "d.json"])
      #expect(found.linesMax.value == 100)
      #expect(found.linesMax.file == "d.json")
      #expect(found.filesMax.value == 3)
      #expect(found.filesMax.file == "f.json")
      #expect(found.reviewersMin.value == 2)
      #expect(found.forbiddenPaths.map(\.value.text) == [#"\.git/"#, "legacy/.*"])
      #expect(found.forbiddenPaths.map(\.file) == ["global.json", "p.json"])
    }
  }

  @Test func `what does not apply is left out`() throws {
    let found = try EffectivePolicy(of: levels(), for: .init(project: "q", phase: "f"))
    #expect(found.policies.map(\.file) == ["global.json", "f.json"])
    #expect(found.linesMax.value == 500)
    let nothing = try EffectivePolicy(of: levels(), for: .init())
    #expect(nothing.policies.map(\.file) == ["global.json"])
  }

  // PO-08
  @Test func `what no policy sets has the schema's default`() throws {
    let found = try EffectivePolicy(of: [policy()], for: .init())
    #expect(found.requiresIssue.value)
    #expect(found.reviewersMin.value == 1)
    #expect(found.patchRequired.value)
    #expect(found.forbidsBinary.value)
    #expect(found.requiresIssue.file == nil)
    #expect(found.linesMax.value == nil)
    #expect(found.oscillation.value == nil)
  }

  // PO-09
  @Test(arguments: [
    (#""max_lines_changed":300"#, #""max_lines_changed":500"#),
    (#""max_files_changed":3"#, #""max_files_changed":4"#),
    (#""require_issue_ref":true"#, #""require_issue_ref":false"#),
    (#""patch_required":true"#, #""patch_required":false"#),
    (#""forbid_binary_patches":true"#, #""forbid_binary_patches":false"#),
    (#""min_reviewers":2"#, #""min_reviewers":1"#),
    (#""allowed_formats":["unified_diff"]"#, #""allowed_formats":["unified_diff","x"]"#),
    (
      #""oscillation_window":5,"oscillation_threshold":3"#,
      #""oscillation_window":5,"oscillation_threshold":4"#
    ),
    (
      #""oscillation_window":5,"oscillation_threshold":3"#,
      #""oscillation_window":4,"oscillation_threshold":3"#
    ),
  ])
  func `a narrower policy may only tighten, and both files are named`(
    wide: String, narrow: String
  ) throws {
    func merged(_ wide: String, _ narrow: String) throws -> EffectivePolicy {
      let scope = #"{"level":"project","project_id":"p"}"#
      return try EffectivePolicy(
        of: [policy("{\(wide)}"), policy("{\(narrow)}", scope: scope, file: "p.json")],
        for: .init(project: "p"))
    }
    let error = #expect(throws: PolicyError.self) { try merged(wide, narrow) }
    #expect(error?.code == .weakened)
    #expect(error?.file == "p.json")
    #expect(error?.message.contains("global.json") == true)
    #expect(throws: Never.self) { try merged(narrow, wide) }
    #expect(throws: Never.self) { try merged(wide, wide) }
  }

  // PO-10
  @Test func `two policies for one scope are refused`() throws {
    let two = [try policy(file: "a.json"), try policy(file: "b.json")]
    let error = #expect(throws: PolicyError.self) { try EffectivePolicy(of: two, for: .init()) }
    #expect(error?.code == .ambiguous)
    #expect(error?.file == "b.json")
    #expect(error?.message.contains("a.json") == true)
  }

  @Test func `two policies with one id are refused`() throws {
    let project = #"{"level":"project","project_id":"p"}"#
    let two = [
      try policy(file: "a.json"), try policy(scope: project, file: "b.json", id: "a.json"),
    ]
    let error = #expect(throws: PolicyError.self) { try EffectivePolicy(of: two, for: .init()) }
    #expect(error?.code == .ambiguous)
    #expect(error?.message == "has the id of a.json, a.json")
  }

  // PO-05
  @Test(arguments: [
    #"{"level":"project"}"#, #"{"level":"phase","project_id":"p"}"#, #"{"level":"doc"}"#,
    #"{"level":"global","project_id":"p"}"#, #"{"level":"project","project_id":null}"#,
    #"{"level":"project","project_id":"p","phase_id":"f"}"#,
    #"{"level":"project","project_id":""}"#,
  ])
  func `a level names what it is for and nothing inside of it`(scope: String) {
    let error = #expect(throws: PolicyError.self) { try policy(scope: scope) }
    #expect(error?.code == .invalid)
    #expect(error?.pointer?.hasPrefix("/scope/") == true)
  }

  @Test func `a phase of one project is not that of another`() throws {
    let scope = #"{"level":"phase","phase_id":"f","project_id":"p"}"#
    let phase = try policy(scope: scope, file: "f.json")
    for (project, count) in [("p", 1), ("q", 0)] {
      let query = PolicyScope.Query(project: project, phase: "f")
      #expect(try EffectivePolicy(of: [phase], for: query).policies.count == count)
    }
  }

  // PO-06, PO-12
  @Test(arguments: [
    #"{"forbid_touching_paths":["("]}"#, #"{"require_tests_for_paths":["ok","[z-a]"]}"#,
    #"{"oscillation_window":3,"oscillation_threshold":5}"#, #"{"oscillation_window":3}"#,
    #"{"oscillation_threshold":3}"#,
  ])
  func `constraints that could never work`(constraints: String) {
    let error = #expect(throws: PolicyError.self) { try policy(constraints) }
    #expect(error?.code == .invalid)
    #expect(error?.pointer?.hasPrefix("/constraints/") == true)
  }
}
