import Bytes
import Events
import Pipeline
import Testing

struct WorkerTests {
  private let start = Timestamp(milliseconds: 1_800_000_000_000)

  private func idle() throws -> Scenario<WorkerState> {
    var worker = try Scenario("worker-w1", WorkerState())
    worker.now = start
    try worker.when(.worker_spawned, #"{"worker_id":"w1","adapter_type":"aider"}"#)
    try worker.when(.worker_idle)
    return worker
  }

  private func health(_ worker: WorkerState, after seconds: Int64) -> WorkerHealth {
    WorkerHealth(of: worker, at: start.advanced(by: seconds * 1_000_000_000), Rules())
  }

  @Test func `a beat of an unknown worker is taken`() throws {
    var worker = try Scenario("worker-x", WorkerState())
    #expect(health(worker.state, after: 0).verdict == .unseen)
    #expect(health(worker.state, after: 0).isHealthy == false)
    #expect(try worker.when(.worker_heartbeat).flags == [])
    #expect(worker.state.stateName == nil)
    #expect(health(worker.state, after: 0).isHealthy == true)
    #expect(try worker.refusal(.worker_busy)?.allowed == ["SPAWNING"])
  }

  @Test func `exactly 300 seconds of silence are too long`() throws {
    var worker = try idle()
    try worker.when(.worker_heartbeat)
    #expect(health(worker.state, after: 299).isHealthy == true)
    let last = start.advanced(by: 300_000_000_000 - 1)
    #expect(WorkerHealth(of: worker.state, at: last, Rules()).verdict == .healthy)
    #expect(health(worker.state, after: 300).verdict == .stale)
    #expect(health(worker.state, after: 301).isHealthy == false)
  }

  @Test func `beats that come in late or claim the future do not move the clock`() throws {
    var worker = try idle()
    let hour = start.advanced(by: 3_600_000_000_000)
    try worker.when(.worker_heartbeat, time: hour)
    #expect(worker.state.lastHeartbeat == start)
    try worker.when(.worker_heartbeat, flags: .imported, time: hour)
    #expect(worker.state.lastHeartbeat == start)
    let earlier = start.advanced(by: -1_000_000_000)
    try worker.when(.worker_heartbeat, flags: .imported, time: earlier)
    #expect(worker.state.lastHeartbeat == start)
    #expect(health(worker.state, after: -50).isHealthy == true)
  }

  @Test func `an imported beat counts from when it was`() throws {
    var worker = try Scenario("worker-w1", WorkerState())
    worker.now = start
    try worker.when(
      .worker_heartbeat, flags: .imported, time: start.advanced(by: -400_000_000_000))
    #expect(health(worker.state, after: 0).verdict == .stale)
  }

  @Test func `the same progress for too long is a stall`() throws {
    var worker = try idle()
    for second in stride(from: Int64(0), through: 300, by: 100) {
      worker.now = start.advanced(by: second * 1_000_000_000)
      try worker.when(.worker_heartbeat, #"{"progress":"step 3"}"#)
    }
    #expect(health(worker.state, after: 299).verdict == .healthy)
    #expect(health(worker.state, after: 300).verdict == .stalled)
    try worker.when(.worker_heartbeat, #"{"progress":"step 4"}"#)
    #expect(health(worker.state, after: 301).verdict == .healthy)
    var quiet = try idle()
    try quiet.when(.worker_heartbeat)
    quiet.now = start.advanced(by: 400_000_000_000)
    try quiet.when(.worker_heartbeat)
    #expect(health(quiet.state, after: 401).verdict == .healthy)
  }

  @Test func `ten errors are too many, and a completed task clears them`() throws {
    var worker = try idle()
    try worker.when(.worker_heartbeat)
    try worker.when(.worker_busy, #"{"task_id":"T"}"#)
    for _ in 1...9 { try worker.when(.worker_error) }
    #expect(health(worker.state, after: 1).isHealthy == true)
    try worker.when(.worker_error)
    #expect(health(worker.state, after: 1).verdict == .errors)
    #expect(WorkerHealth.quarantineReason(of: worker.state, at: start, Rules()) != nil)
    // Being idle again is no completed task: it may have failed.
    try worker.when(.worker_idle)
    #expect(worker.state.errorCount == 10)
    _ = try worker.sum(.tasksCompleted, 1, because: .task_completed)
    #expect(worker.state.errorCount == 0)
    #expect(health(worker.state, after: 1).isHealthy == true)
    try worker.when(.worker_error)
    _ = try worker.sum(.tasksCompleted, -1, because: .event_reversed)
    #expect(worker.state.errorCount == 11)
  }

  @Test func `errors before the first beat are kept`() throws {
    var worker = try Scenario("worker-w1", WorkerState())
    try worker.when(.worker_error)
    #expect(worker.state.errorCount == 1)
    try worker.when(.worker_quarantined, #"{"reason":"r"}"#)
    #expect(worker.state.isQuarantined)
  }

  @Test func `a quarantine holds against beats until it is released`() throws {
    var worker = try idle()
    try worker.when(.worker_quarantined, #"{"reason":"r"}"#)
    #expect(try worker.when(.worker_heartbeat).flags == .late)
    #expect(try worker.when(.worker_error).flags == .late)
    #expect(worker.state.lateEvents == 2)
    #expect(health(worker.state, after: 0).verdict == .quarantined)
    #expect(try worker.refusal(.worker_busy)?.allowed == ["DRAINING", "TERMINATED"])
    #expect(try worker.refusal(.worker_quarantined) != nil)
    try worker.when(.worker_released, #"{"operator":"ann","reason":"ok"}"#)
    #expect(health(worker.state, after: 0).verdict == .healthy)
    #expect(try worker.refusal(.worker_released) != nil)
    #expect(try worker.refusal(.worker_busy) == nil)
  }

  @Test func `what a terminated worker says is late, what it does is refused`() throws {
    var worker = try idle()
    try worker.when(.worker_terminated)
    #expect(try worker.when(.worker_heartbeat).flags == .late)
    #expect(worker.state.stateName == "TERMINATED")
    #expect(try worker.refusal(.worker_idle)?.allowed == [])
    #expect(try worker.refusal(.worker_quarantined) != nil)
    #expect(health(worker.state, after: 9999).isHealthy == nil)
    #expect(
      WorkerHealth.quarantineReason(
        of: worker.state, at: start.advanced(by: 9_999_000_000_000), Rules()) == nil)
  }

  @Test func `sweep quarantines at 600 seconds, counted from the spawn without a beat`() throws {
    let worker = try idle().state
    let just = start.advanced(by: 600_000_000_000)
    let before = just.advanced(by: -1)
    #expect(WorkerHealth.quarantineReason(of: worker, at: before, Rules()) == nil)
    #expect(WorkerHealth.quarantineReason(of: worker, at: just, Rules()) != nil)
    #expect(WorkerHealth.quarantineReason(of: WorkerState(), at: just, Rules()) == nil)
  }

  @Test func `a worker does not turn to another's task`() throws {
    var task = try Scenario("task-T", TaskState())
    try task.given(.task_assigned, #"{"task_id":"T","worker_id":"w2"}"#)
    var worker = try idle()
    try worker.beside("task-T", task.state)
    #expect(try worker.refusal(.worker_busy, #"{"task_id":"T"}"#) != nil)
    try task.given(.task_assigned, #"{"task_id":"T","worker_id":"w1"}"#)
    try worker.beside("task-T", task.state)
    #expect(try worker.refusal(.worker_busy, #"{"task_id":"T"}"#) == nil)
  }

  @Test func `a reversal leaves health alone`() throws {
    var worker = try idle()
    let before = worker.state
    try worker.when(.worker_busy, #"{"task_id":"T"}"#)
    try worker.when(.worker_heartbeat, #"{"progress":1}"#)
    var restored = before
    restored.keepNeutralFields(of: worker.state)
    #expect(restored.status == .idle)
    #expect(restored.lastHeartbeat == worker.state.lastHeartbeat)
    #expect(restored.progress == worker.state.progress)
  }
}
