import Events
import Pipeline
import Testing

struct TaskTests {
  private func pending(_ extra: String = "") throws -> Scenario<TaskState> {
    var task = try Scenario("task-T", TaskState())
    let creation = #"{"task_id":"T","name":"n","kind":"k"\#(extra)}"#
    try task.when(.task_created, creation)
    task.consulted = Payload(Array(creation.utf8))
    return task
  }

  private func running(worker: WorkerState? = nil) throws -> Scenario<TaskState> {
    var task = try pending()
    let claim = #"{"task_id":"T","worker_id":"w1"}"#
    try task.when(.task_assigned, claim)
    try task.when(.task_started)
    task.consulted = Payload(Array(claim.utf8))
    if let worker { try task.beside("worker-w1", worker) }
    return task
  }

  private func worker(_ status: WorkerStatus, quarantined: Bool = false) -> WorkerState {
    var worker = WorkerState()
    worker.status = status
    worker.isQuarantined = quarantined
    return worker
  }

  @Test func `a task that was never created can fail`() throws {
    var task = try Scenario("task-T", TaskState())
    try task.when(.task_failed, #"{"error_message":"m"}"#)
    #expect(task.state.stateName == "failed")
  }

  @Test func `a task waits for dependencies that are not completed`() throws {
    var task = try pending(#","depends_on":["A","B"]"#)
    let claim = #"{"task_id":"T","worker_id":"w1"}"#
    let event = try task.event(.task_assigned, claim)
    #expect(task.state.consults(for: event, task.context) == Position(1))
    #expect(
      task.state.reads(for: event, consulted: task.consulted).map(\.description) == [
        "task-A", "task-B",
      ])
    var done = TaskState()
    done.status = .completed
    try task.beside("task-A", done)
    #expect(try task.refusal(.task_assigned, claim)?.message.contains("task-B") == true)
    var open = TaskState()
    open.status = .running
    try task.beside("task-B", open)
    #expect(try task.refusal(.task_assigned, claim)?.message.contains("running") == true)
    done.failedGates = 1
    try task.beside("task-B", done)
    #expect(try task.refusal(.task_assigned, claim)?.message.contains("gates") == true)
    done.failedGates = 0
    try task.beside("task-B", done)
    #expect(try task.refusal(.task_assigned, claim) == nil)
  }

  @Test func `a task neither waits for nor is part of itself`() throws {
    var task = try Scenario("task-T", TaskState())
    #expect(try task.refusal(.task_created, #"{"depends_on":["T"]}"#) != nil)
    #expect(try task.refusal(.task_created, #"{"parent_task_id":"T"}"#) != nil)
  }

  @Test func `only a free worker takes a task`() throws {
    var task = try pending()
    let claim = #"{"task_id":"T","worker_id":"w1"}"#
    for status in [WorkerStatus.spawning, .draining, .terminated] {
      try task.beside("worker-w1", worker(status))
      #expect(try task.refusal(.task_assigned, claim) != nil, "\(status)")
    }
    try task.beside("worker-w1", worker(.idle, quarantined: true))
    #expect(try task.refusal(.task_assigned, claim) != nil)
    var busy = try Scenario("worker-w1", WorkerState())
    try busy.given(.worker_busy, #"{"task_id":"U"}"#)
    try task.beside("worker-w1", busy.state)
    #expect(try task.refusal(.task_assigned, claim) != nil)
    try busy.given(.worker_busy, #"{"task_id":"T"}"#)
    try task.beside("worker-w1", busy.state)
    #expect(try task.refusal(.task_assigned, claim) == nil)
    try task.beside("worker-w1", worker(.idle))
    #expect(try task.refusal(.task_assigned, claim) == nil)
  }

  @Test func `a halting budget that is used up stops claims`() throws {
    var task = try pending(#","phase_id":"P""#)
    let claim = #"{"task_id":"T","worker_id":"w1"}"#
    let event = try task.event(.task_assigned, claim)
    #expect(
      task.state.reads(for: event, consulted: task.consulted).map(\.description) == [
        "budget-phase:P"
      ])
    var budget = try Scenario("budget-phase:P", BudgetState())
    try budget.given(.budget_set, #"{"limit_micro_usd":100,"mode":"halt"}"#)
    budget.state.spentMicroUSD = 99
    try task.beside("budget-phase:P", budget.state)
    #expect(try task.refusal(.task_assigned, claim) == nil)
    budget.state.spentMicroUSD = 100
    try task.beside("budget-phase:P", budget.state)
    #expect(try task.refusal(.task_assigned, claim)?.code == .budget)
    try budget.given(.budget_set, #"{"limit_micro_usd":100,"mode":"warn"}"#)
    try task.beside("budget-phase:P", budget.state)
    #expect(try task.refusal(.task_assigned, claim) == nil)
  }

  @Test func `a task is retried three times at most, or as it says`() throws {
    for (extra, most) in [("", 3), (#","max_retries":1"#, 1), (#","max_retries":0"#, 0)] {
      var task = try pending(extra)
      for _ in 0..<most {
        task.state.status = .running
        try task.when(.task_failed, #"{"error_message":"m"}"#)
        try task.when(.task_retried)
      }
      task.state.status = .failed
      #expect(try task.refusal(.task_retried) != nil)
      #expect(Int(task.state.retries) == most)
    }
  }

  @Test func `giving a task back is no retry`() throws {
    var task = try pending()
    try task.when(.task_assigned, #"{"worker_id":"w1"}"#)
    try task.when(.task_retried)
    #expect(task.state.stateName == "pending")
    #expect(task.state.retries == 0)
    #expect(task.state.worker == 0)
  }

  @Test func `what a gone worker says of its task is late and changes nothing`() throws {
    for gone in [worker(.terminated), worker(.idle, quarantined: true)] {
      for type in [EventType.task_completed, .task_failed, .task_progress] {
        var task = try running(worker: gone)
        let event = try task.event(type, "{}")
        #expect(
          task.state.reads(for: event, consulted: task.consulted).map(\.description) == [
            "worker-w1"
          ])
        let before = task.state
        #expect(try task.when(type, #"{"failure_kind":"test"}"#).flags == .late)
        #expect(task.state == before)
        #expect(try task.when(type, #"{"failure_kind":"test"}"#).reactions == [])
      }
    }
    var task = try running(worker: worker(.busy))
    #expect(try task.when(.task_completed).flags == [])
    #expect(task.state.stateName == "completed")
  }

  @Test func `a completed task counts for the worker that has it, whoever names it`() throws {
    var task = try pending()
    task.adds = [EntityNumber(32)]
    try task.when(.task_assigned, #"{"worker_id":"w1"}"#)
    task.adds = [.none]
    try task.when(.task_started)
    #expect(task.state.contributions() == [])
    var failed = task
    try failed.when(.task_failed, #"{"error_message":"m"}"#)
    #expect(failed.state.contributions() == [])
    try task.when(.task_completed)
    #expect(task.state.contributions() == [Contribution(EntityNumber(32), .tasksCompleted, 1)])
  }

  @Test func `late words count for the worker that has the task, once`() throws {
    var task = try running(worker: worker(.terminated))
    task.state.workerRow = EntityNumber(32)
    for type in [EventType.task_completed, .task_failed, .task_progress] {
      task.adds = [.none]
      var event = try task.event(type, flags: .late)
      #expect(task.state.facts(of: event) == [Contribution(EntityNumber(32), .lateEvents, 1)])
      event.flags = []
      #expect(task.state.facts(of: event) == [])
      // Where the event names its worker, its payload counts.
      task.adds = [EntityNumber(48)]
      #expect(task.state.facts(of: try task.event(type, flags: .late)) == [])
    }
  }

  @Test func `refusals name what would be allowed`() throws {
    var task = try pending(#","depends_on":["A"]"#)
    let claim = #"{"task_id":"T","worker_id":"w1"}"#
    #expect(try task.refusal(.task_assigned, claim)?.allowed == ["blocked", "cancelled"])
    try task.beside("worker-w1", worker(.draining))
    #expect(try task.refusal(.task_assigned, claim)?.allowed == ["blocked", "cancelled"])
    task.state.status = .failed
    task.state.retries = 3
    #expect(try task.refusal(.task_retried)?.allowed == [])
    #expect(try task.refusal(.task_retried) != nil)
  }

  @Test func `a crash that somebody else saw is not late`() throws {
    var task = try running(worker: worker(.terminated))
    let named = #"{"failure_kind":"crash","error_message":"m","worker_id":"w1"}"#
    #expect(try task.when(.task_failed, named).flags == .late)
    #expect(
      try task.when(.task_failed, #"{"failure_kind":"crash","error_message":"m"}"#).flags == [])
    #expect(task.state.stateName == "failed")
  }

  @Test func `a task is ended by the worker that has it`() throws {
    var task = try running()
    #expect(try task.refusal(.task_completed, #"{"worker_id":"w2"}"#) != nil)
    #expect(try task.refusal(.task_completed, #"{"worker_id":"w1"}"#) == nil)
    #expect(try task.refusal(.task_completed) == nil)
  }

  @Test func `a reprioritized task keeps its state`() throws {
    var task = try pending(#","priority":5"#)
    try task.when(.task_reprioritized, #"{"priority":1,"reason":"r"}"#)
    #expect(task.state.priority == 1)
    #expect(task.state.stateName == "pending")
    task.state.status = .completed
    #expect(try task.refusal(.task_reprioritized, #"{"priority":1}"#) != nil)
  }
}
