import Events
import Pipeline
import Testing

struct FixTests {
  private func running(_ id: String = "T") throws -> Scenario<TaskState> {
    var task = try Scenario("task-" + id, TaskState())
    task.state.status = .running
    return task
  }

  private func failure(_ kind: String, _ message: String = "boom") -> String {
    #"{"failure_kind":"\#(kind)","error_message":"\#(message)"}"#
  }

  @Test(arguments: [("build", "1"), ("test", "2"), ("lint", "3")])
  func `a failure of tests, lint or build makes one fix task`(
    kind: String, priority: String
  ) throws {
    var task = try running()
    let reactions = try task.when(.task_failed, failure(kind)).reactions
    #expect(reactions.map(\.type) == [.task_created])
    let fix = try #require(reactions.first)
    #expect(try fix.field("task_id") == "FIX-T")
    #expect(try fix.field("parent_task_id") == "T")
    #expect(try fix.field("error_context", "error_message") == "boom")
    #expect(fix.text.contains(#""priority":\#(priority)"#))
    #expect(fix.text.contains(#""depth":1"#))
    // Where the name is taken, the next ones are tried, and then a person is asked.
    #expect(
      try fix.alternatives.dropLast().map { try $0.field("task_id") } == ["FIX-T-2", "FIX-T-3"])
    #expect(fix.alternatives.last?.type == .review_requested)
  }

  @Test(arguments: ["timeout", "crash", "other"])
  func `other failures make none, whatever their text says`(kind: String) throws {
    var task = try running()
    #expect(try task.when(.task_failed, failure(kind, "the test and lint failed")).reactions == [])
    var silent = try running()
    #expect(try silent.when(.task_failed, #"{"error_message":"test"}"#).reactions == [])
  }

  @Test func `further fixes are numbered, and the same error waits for its fix`() throws {
    var task = try running()
    try task.when(.task_failed, failure("test"))
    _ = try task.sum(.fixes, 1, because: .task_created)
    _ = try task.sum(.openFixes, 1, because: .task_created)
    task.state.status = .running
    #expect(try task.when(.task_failed, failure("test", "boom  ")).reactions == [])
    task.state.status = .running
    let other = try task.when(.task_failed, failure("test", "other")).reactions
    #expect(try other.first?.field("task_id") == "FIX-T-2")
    _ = try task.sum(.fixes, 1, because: .task_created)
    task.state.status = .running
    task.state.openFixes = 0
    let third = try task.when(.task_failed, failure("test", "other")).reactions
    #expect(try third.first?.field("task_id") == "FIX-T-3")
  }

  @Test func `fixes of fixes go three deep, then a person is asked`() throws {
    var first = try running("FIX-T")
    let reactions = try first.when(.task_failed, failure("test")).reactions
    #expect(try reactions.first?.field("task_id") == "FIX-FIX-T")
    var second = try running("FIX-FIX-T")
    let third = try second.when(.task_failed, failure("test")).reactions
    #expect(try third.first?.field("task_id") == "FIX-FIX-FIX-T")
    #expect(third.first?.text.contains(#""depth":3"#) == true)
    var deepest = try running("FIX-FIX-FIX-T")
    let last = try deepest.when(.task_failed, failure("test")).reactions
    #expect(last.map(\.type) == [.review_requested])
    #expect(try last.first?.field("subject") == "task-FIX-FIX-FIX-T")
  }

  @Test func `a task without retries left asks a person`() throws {
    var task = try running()
    task.state.retries = 3
    #expect(
      try task.when(.task_failed, failure("test")).reactions.map(\.type) == [.review_requested])
  }

  @Test func `a completed fix puts the failed task up again`() throws {
    var task = try running()
    try task.when(.task_failed, failure("test"))
    #expect(try task.sum(.openFixes, 1, because: .task_created) == [])
    let retried = try task.sum(.openFixes, -1, because: .task_completed, #"{"task_id":"FIX-T"}"#)
    #expect(retried.map(\.type) == [.task_retried])
    #expect(try retried.first?.field("task_id") == "T")
    _ = try task.sum(.openFixes, 1, because: .task_created)
    #expect(try task.sum(.openFixes, -1, because: .task_cancelled) == [])
    #expect(try task.sum(.openFixes, -1, because: .event_reversed) == [])
  }

  @Test func `an open fix counts for its parent until it is over`() throws {
    var fix = try Scenario("task-FIX-T", TaskState())
    fix.adds = [EntityNumber(16)]
    try fix.when(.task_created, #"{"task_id":"FIX-T","parent_task_id":"T"}"#)
    let both: Shares = [
      Contribution(EntityNumber(16), .fixes, 1), Contribution(EntityNumber(16), .openFixes, 1),
    ]
    #expect(fix.state.contributions() == both)
    fix.adds = []
    try fix.given(.task_failed)
    #expect(fix.state.contributions() == both)
    try fix.given(.task_completed)
    #expect(fix.state.contributions() == [both[0]])
    var part = try Scenario("task-U", TaskState())
    part.adds = [EntityNumber(16)]
    try part.when(.task_created, #"{"task_id":"U","parent_task_id":"T"}"#)
    #expect(part.state.contributions() == [])
  }

  @Test func `the end of a fix reads the task that it mends by name`() throws {
    var fix = try Scenario("task-FIX-T-2", TaskState())
    fix.state.isFix = true
    let event = try fix.event(.task_completed, #"{"task_id":"FIX-T-2"}"#)
    let worker = Payload(Array(#"{"worker_id":"w1"}"#.utf8))
    #expect(
      fix.state.reads(for: event, consulted: worker).map(\.description) == [
        "task-T-2", "task-T", "worker-w1",
      ])
    let first = try fix.event(.task_completed, #"{"task_id":"FIX-FIX-T"}"#)
    #expect(fix.state.reads(for: first, consulted: nil).map(\.description) == ["task-FIX-T"])
  }

  @Test func `a failed gate makes a fix task for its subject`() throws {
    var task = try running()
    let json = #"{"gate_id":"G","failure_kind":"lint","reason":"E501"}"#
    let reactions = try task.sum(.failedGates, 1, because: .gate_failed, json)
    #expect(try reactions.first?.field("task_id") == "FIX-T")
    #expect(try reactions.first?.field("error_context", "error_message") == "E501")
    task.state.openFixes = 1
    #expect(try task.sum(.failedGates, 1, because: .gate_failed, json) == [])
    #expect(try task.refusal(.task_assigned, #"{"worker_id":"w"}"#) != nil)
  }

  @Test func `an urgent task has an urgent fix`() throws {
    var task = try running()
    task.state.priority = 1
    let fix = try task.when(.task_failed, failure("lint")).reactions.first
    #expect(fix?.text.contains(#""priority":1"#) == true)
  }
}
