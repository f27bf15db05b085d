import Bytes
import Events
import JSON
import Pipeline
import Testing

struct ViewTests {
  private static let patch = "01KAPB3XN9BTT4NZ1KDZPBQ9Q5"

  private func keys(_ json: String) throws -> [String] {
    let document = try JSONDocument(parsing: Array(json.utf8))
    var keys: [String] = []
    document.forEachMember(document.root) { key, _ in keys.append(document.string(key) ?? "") }
    return keys
  }

  private func patchLog() throws -> TestLog {
    var log = TestLog()
    let stream = "patch-" + Self.patch
    let origin = #"{"execution_request_id":"01KAPB3XN9BTT4NZ1KDZPBQ9QX","phase_id":"PH"}"#
    try log.append(
      stream, .patch_created,
      #"{"project_id":"p","relations":{"chain_id":null},"artifact":{"origin":\#(origin)}}"#)
    try log.append(
      stream, .patch_validated,
      #"{"validation":{"format_ok":true,"scope_ok":true,"constraints_ok":false,"#
        + #""validation_errors":["too long"]},"policy":{}}"#, at: 1)
    return log
  }

  @Test func `a ledger entry has the schema's fields and no others`() throws {
    let log = try patchLog()
    let json = try #require(try log.entry(PatchesView.self, "patch-" + Self.patch))
    let allowed = [
      "ledger_id", "patch_id", "project_id", "phase_id", "workstream_id",
      "execution_request_id", "state", "state_history", "validation", "apply", "quarantine",
      "relations",
    ]
    #expect(Set(try keys(json)).isSubset(of: Set(allowed)))
    #expect(json.contains(#""patch_id":"\#(Self.patch)""#))
    #expect(json.contains(#""phase_id":"PH""#))
    #expect(json.contains(#""constraints_ok":false"#))
    #expect(json.contains(#""validation_errors":["too long"]"#))
    #expect(json.contains(#""reason":"Initial creation""#))
    #expect(!json.contains("null,"))
  }

  // L-18
  @Test func `a reversed event leaves the history, and the state before it is back`() throws {
    var log = try patchLog()
    let stream = "patch-" + Self.patch
    let target = try log.append(stream, .patch_queued, #"{"reason":"ready"}"#, at: 2)
    let queued = try #require(try log.entry(PatchesView.self, stream))
    #expect(queued.contains(#""state":"queued","state_history"#))
    #expect(queued.contains(#""reason":"ready""#))
    try log.append(stream, .event_reversed, #"{"target":"\#(target)","reason":"no"}"#, at: 3)
    let back = try #require(try log.entry(PatchesView.self, stream))
    #expect(back.contains(#""state":"validated","state_history"#))
    #expect(!back.contains("queued"))
    #expect(!back.contains("reversed"))
  }

  // L-08, L-11
  @Test func `applications and quarantine are told with their texts`() throws {
    var log = try patchLog()
    let stream = "patch-" + Self.patch
    try log.append(stream, .patch_queued, "{}", at: 2)
    try log.append(stream, .patch_apply_started, #"{"workspace_path":"/w"}"#, at: 3)
    try log.append(
      stream, .patch_apply_failed, #"{"error_code":"E","error_message":"no match"}"#, at: 4)
    try log.append(stream, .patch_quarantined, #"{"reason":"bad","path":"q/p"}"#, at: 5)
    let json = try #require(try log.entry(PatchesView.self, stream))
    #expect(
      json.contains(
        #""apply":{"attempts":1,"last_attempt_at":"2027-01-15T08:00:04Z","#
          + #""last_error_code":"E","last_error_message":"no match","workspace_path":"/w"}"#))
    #expect(json.contains(#""is_quarantined":true,"quarantine_reason":"bad""#))
    try log.append(stream, .patch_dropped, #"{"reason":"gone"}"#, at: 6)
    let dropped = try #require(try log.entry(PatchesView.self, stream))
    #expect(dropped.contains(#""is_quarantined":false,"quarantine_reason":"bad""#))
  }

  // L-22
  @Test func `a history is in the order of the log, whatever its clock said`() throws {
    var log = try patchLog()
    let stream = "patch-" + Self.patch
    try log.append(stream, .patch_queued, "{}", at: -500)
    try log.append(stream, .patch_apply_succeeded, "{}", at: -1000)
    let json = try #require(try log.entry(PatchesView.self, stream))
    let document = try JSONDocument(parsing: Array(json.utf8))
    let history = try #require(document.member(document.root, "state_history"))
    var states: [String] = []
    var times: [String] = []
    document.forEachElement(history) { past in
      states.append(document.member(past, "state").flatMap { document.string($0) } ?? "")
      times.append(document.member(past, "at").flatMap { document.string($0) } ?? "")
    }
    #expect(states == ["created", "validated", "queued", "applied"])
    #expect(times.sorted() != times)
    #expect(json.contains(#""state":"applied","state_history""#))
  }

  @Test func `a worker's health is judged at the moment that is asked for`() throws {
    var log = TestLog()
    try log.append("worker-w1", .worker_heartbeat, #"{"worker_id":"w1"}"#)
    try log.append("worker-w1", .worker_error, #"{"worker_id":"w1","error":"oops"}"#)
    let early = try #require(try log.entry(WorkersView.self, "worker-w1", at: 299))
    #expect(early.contains(#""state":null,"healthy":true"#))
    #expect(early.contains(#""last_error":"oops""#))
    let late = try #require(try log.entry(WorkersView.self, "worker-w1", at: 300))
    #expect(late.contains(#""healthy":false,"health":"stale""#))
    try log.append("worker-w2", .worker_spawned, #"{"worker_id":"w2","adapter_type":"codex"}"#)
    try log.append("worker-w2", .worker_idle, "{}")
    try log.append("worker-w2", .worker_busy, #"{"worker_id":"w2","task_id":"T"}"#)
    let second = try #require(try log.entry(WorkersView.self, "worker-w2"))
    #expect(second.contains("No heartbeat recorded"))
    #expect(second.contains(#""current_task_id":"T""#))
    #expect(second.contains(#""adapter_type":"codex""#))
  }

  @Test func `budgets show money and share, unused scopes nothing`() throws {
    var log = TestLog()
    try log.append("budget-total", .budget_set, #"{"limit_micro_usd":3,"mode":"warn"}"#)
    try log.edit("budget-total", as: BudgetState.self) { $0.spentMicroUSD = 2 }
    let json = try #require(try log.entry(BudgetView.self, "budget-total"))
    #expect(json.contains(#""limit_micro_usd":3,"remaining_micro_usd":1,"share":0.6666"#))
    #expect(json.contains(#""mode":"warn""#))
    #expect(json.contains(#""status":"ok""#))
    for spent in [Int64.min, .max] {
      try log.edit("budget-total", as: BudgetState.self) { $0.spentMicroUSD = spent }
      #expect(try log.entry(BudgetView.self, "budget-total") != nil)
    }
    try log.edit("budget-run:R", as: BudgetState.self) { _ in }
    #expect(try log.entry(BudgetView.self, "budget-run:R") == nil)
    try log.edit("budget-run:R", as: BudgetState.self) { $0.charges = 1 }
    let without = try #require(try log.entry(BudgetView.self, "budget-run:R"))
    #expect(without.contains(#""limit_micro_usd":null"#))
  }

  @Test func `a task shows what it waits for and how it failed`() throws {
    var log = TestLog()
    try log.append(
      "task-T", .task_created,
      #"{"task_id":"T","name":"n","kind":"k","depends_on":["A","B"],"priority":2}"#)
    try log.append("task-A", .task_completed, #"{"task_id":"A"}"#)
    let json = try #require(try log.entry(TasksView.self, "task-T"))
    #expect(json.contains(#""depends_on":["A","B"],"waiting_for":["B"]"#))
    #expect(json.contains(#""priority":2"#))
    #expect(json.contains(#""last_error":null"#))
    try log.append("task-T", .task_assigned, #"{"task_id":"T","worker_id":"w1"}"#)
    try log.append(
      "task-T", .task_failed, #"{"task_id":"T","failure_kind":"test","error_message":"m"}"#)
    let failed = try #require(try log.entry(TasksView.self, "task-T"))
    #expect(failed.contains(#""worker":"w1""#))
    #expect(failed.contains(#""last_error":{"kind":"test","code":null,"message":"m""#))
  }

  @Test func `late events change no task and no history`() throws {
    var log = TestLog()
    try log.append("task-T", .task_started, #"{"task_id":"T"}"#)
    try log.append("task-T", .task_completed, #"{"task_id":"T"}"#, flags: .late)
    #expect(try log.entry(TasksView.self, "task-T")?.contains(#""state":"running""#) == true)
  }

  @Test func `a run that was never created is shown by its events`() throws {
    var log = TestLog()
    let id = try #require(ULID(Self.patch))
    try log.append("tool-t", .tool_call_error, "{}", at: 1, run: id)
    try log.append("tool-t", .tool_call_error, "{}", at: 2, run: id)
    try log.edit("run-" + Self.patch, as: RunState.self) {
      $0.lastInRun = Position(2)
      $0.errors = 2
    }
    let json = try #require(try log.entry(RunsView.self, "run-" + Self.patch))
    #expect(json.contains(#""project_id":"unknown","phase_id":"unknown""#))
    #expect(json.contains(#""created_at":"2027-01-15T08:00:01Z""#))
    #expect(json.contains(#""state":"running""#))
    #expect(json.contains(#""errors":2"#))
  }

  @Test func `a run's record has the schema's fields and no others`() throws {
    var log = TestLog()
    let stream = "run-" + Self.patch
    try log.append(
      stream, .run_created,
      #"{"run_id":"x","project_id":"p","phase_id":"f","origin":{"trigger_type":"ci"}}"#)
    try log.append(stream, .run_started, "{}", at: 1)
    try log.append(stream, .run_state_changed, #"{"to":"failed","reason":"red"}"#, at: 2)
    let json = try #require(try log.entry(RunsView.self, stream))
    let allowed = [
      "run_id", "project_id", "phase_id", "workstream_id", "execution_request_id", "created_at",
      "started_at", "ended_at", "state", "state_reason", "origin", "counters",
    ]
    #expect(try keys(json) == allowed)
    #expect(json.contains(#""state":"failed","state_reason":"red""#))
    #expect(json.contains(#""ended_at":"2027-01-15T08:00:02Z""#))
  }

  @Test func `views are listed once, with a prefix and columns`() {
    #expect(views.map { $0.name } == ["patches", "workers", "budget", "tasks", "runs"])
    for view in views {
      #expect(view.prefix.hasSuffix("-") && !view.columns.isEmpty)
      #expect(Set(view.fields.map(\.name)).count == view.fields.count, "\(view.name)")
    }
  }
}
