import Events
import JSON
import Pipeline
import Schema
import Testing

/// What the domain writes by itself must pass the schemas that it is read by.
struct DocumentTests {
  private static let patch = "01KAPB3XN9BTT4NZ1KDZPBQ9Q5"

  private func check(_ reactions: [Reaction], _ types: [EventType]) throws {
    #expect(reactions.map(\.type) == types)
    let catalog = Catalog()
    for reaction in reactions {
      let definition = try #require(try catalog.definition(reaction.type.name))
      let document = try JSONDocument(parsing: reaction.payload)
      let violation = definition.schema.firstViolation(in: document, at: document.root)
      #expect(violation == nil, "\(reaction.type): \(reaction.text)")
    }
  }

  private func check(_ json: String?, against id: String) throws {
    let schema = try Catalog.compile(Array(#"{"$ref":"schema/\#(id)"}"#.utf8), id: "test")
    let text = try #require(json)
    let document = try JSONDocument(parsing: Array(text.utf8))
    let violation = schema.firstViolation(in: document, at: document.root)
    #expect(violation == nil, "\(text)")
  }

  @Test func `fix tasks, retries and calls for help pass their schemas`() throws {
    let message = String(repeating: "fails\\u0007 ", count: 3000)
    var task = try Scenario("task-T", TaskState())
    task.state.status = .running
    let failure = #"{"failure_kind":"test","error_code":"E1","error_message":"\#(message)"}"#
    try check(task.when(.task_failed, failure).reactions, [.task_created])
    let silent = try task.sum(
      .failedGates, 1, because: .gate_failed, #"{"failure_kind":"build"}"#)
    try check(silent, [.task_created])
    task.state.openFixes = 1
    try check(task.sum(.openFixes, -1, because: .task_completed), [.task_retried])
    var deep = try Scenario("task-FIX-FIX-FIX-T", TaskState())
    deep.state.status = .running
    try check(deep.when(.task_failed, failure).reactions, [.review_requested])
  }

  @Test func `a task's longest id asks for help instead of breaking its schema`() throws {
    let id = String(repeating: "t", count: 128)
    var task = try Scenario("task-" + id, TaskState())
    task.state.status = .running
    let failure = #"{"failure_kind":"lint","error_message":"m"}"#
    try check(task.when(.task_failed, failure).reactions, [.review_requested])
    let short = String(repeating: "t", count: 124)
    var fits = try Scenario("task-" + short, TaskState())
    fits.state.status = .running
    try check(fits.when(.task_failed, failure).reactions, [.task_created])
  }

  @Test func `budgets, circuits, merges, sagas and patches react by their schemas`() throws {
    var budget = try Scenario("budget-phase:P", BudgetState())
    try budget.given(.budget_set, #"{"limit_micro_usd":0,"mode":"review"}"#)
    budget.state.limit = 10
    try check(
      budget.sum(.spentMicroUSD, .max, because: .cost_charged),
      [.budget_warning, .budget_exceeded, .review_requested])
    var tool = try Scenario("tool-t", ToolState())
    tool.state.declared = .closed
    tool.state.errorsInRow = 4
    try check(tool.when(.tool_call_error).reactions, [.circuit_opened])
    tool.state.declared = .half_open
    try tool.when(.tool_call_started)
    try check(
      tool.when(.tool_call_completed, #"{"exit_code":0}"#).reactions, [.circuit_closed])
    var merge = try Scenario("merge-M", MergeState())
    let path = String(repeating: "p", count: 4000)
    try check(
      merge.when(.merge_conflict, #"{"file_path":"\#(path)"}"#).reactions, [.review_requested])
    var saga = try Scenario("saga-S", SagaState())
    saga.state.status = .compensating
    try check(saga.when(.saga_compensation_failed).reactions, [.review_requested])
    var patch = try Scenario("patch-P", PatchState())
    patch.state.status = .validated
    try check(
      patch.when(.patch_quarantined, #"{"reason":"line\u0000\nline"}"#).reactions,
      [.review_requested])
  }

  // L-03
  @Test func `ledger entries are documents of their schema in every state`() throws {
    let stream = "patch-" + Self.patch
    var log = TestLog()
    let steps: [(EventType, String)] = [
      (
        .patch_created,
        #"{"project_id":"p","phase_id":null,"relations":{"chain_id":null},"#
          + #""artifact":{"origin":{"execution_request_id":"\#(Self.patch)"}}}"#
      ),
      (.patch_validated, #"{"validation":{"format_ok":true},"policy":{}}"#),
      (.patch_queued, "{}"), (.patch_apply_started, #"{"workspace_path":"/w"}"#),
      (.patch_apply_failed, #"{"error_code":"E","error_message":"m"}"#),
      (.patch_queued, "{}"), (.patch_apply_succeeded, #"{"applied_files":["a","b"]}"#),
      (.patch_verified, #"{"tests_ran":true,"tests_passed":true}"#),
      (.patch_committed, #"{"commit_sha":"0"}"#),
      (.patch_quarantined, #"{"reason":"r"}"#), (.patch_dropped, #"{"reason":"r"}"#),
    ]
    for (type, json) in steps {
      try log.append(stream, type, json, at: 1)
      try check(log.entry(PatchesView.self, stream), against: "patch_ledger_entry.v1.json")
    }
  }

  @Test func `an entry of a patch that was never created still is a document`() throws {
    var log = TestLog()
    try log.append("patch-" + Self.patch, .patch_committed, "{}")
    try check(
      log.entry(PatchesView.self, "patch-" + Self.patch), against: "patch_ledger_entry.v1.json")
  }

  @Test func `runs are documents of their schema in every state`() throws {
    let stream = "run-" + Self.patch
    var log = TestLog()
    for (type, json) in [
      (EventType.run_created, #"{"project_id":"p"}"#), (.run_started, "{}"),
      (.run_state_changed, #"{"to":"failed"}"#), (.run_state_changed, #"{"to":"quarantined"}"#),
    ] {
      try log.append(stream, type, json, at: 1)
      try check(log.entry(RunsView.self, stream), against: "run_record.v1.json")
    }
  }
}
