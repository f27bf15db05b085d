import Events
import Pipeline
import Testing

/// Every step from every state is tried: an edge is accepted, a missing edge is refused with
/// exactly the states that are allowed.
struct EdgeTests {
  /// - Parameters:
  ///   - events: the events that lead to a state, with payloads that satisfy the other guards.
  private func walk<State: EntityState, Status: Lifecycle>(
    _ name: String, _ start: State, _ status: WritableKeyPath<State, Status>,
    unguarded: Set<EventType> = [], _ events: (Status) -> [(EventType, String)]
  ) throws {
    for from in Status.allCases {
      for to in Status.allCases where to != .absent {
        var isReached = false
        for (type, json) in events(to) {
          var scenario = try Scenario(name, start)
          scenario.state[keyPath: status] = from
          let refusal = try scenario.refusal(type, json)
          guard let refusal else {
            #expect(from.canBecome(to), "\(from) → \(to) by \(type) is accepted")
            try scenario.given(type, json)
            #expect(scenario.state[keyPath: status] == to)
            isReached = true
            continue
          }
          #expect(refusal.code == .rejected)
          #expect(refusal.allowed == from.next.map(\.name), "\(from) → \(to) by \(type)")
          if from == .absent {
            #expect(refusal.message == "\(name) does not exist")
          } else {
            #expect(refusal.message.hasPrefix("\(name) is \(from.name)"))
          }
        }
        #expect(isReached == from.canBecome(to), "\(Status.thing): \(from) → \(to)")
      }
    }
  }

  // L-07
  @Test func `patches follow their table`() throws {
    var start = PatchState()
    start.flags = .checked
    let events: [PatchStatus: EventType] = [
      .created: .patch_created, .validated: .patch_validated, .queued: .patch_queued,
      .applied: .patch_apply_succeeded, .apply_failed: .patch_apply_failed,
      .verified: .patch_verified, .committed: .patch_committed,
      .rolled_back: .patch_rolled_back, .quarantined: .patch_quarantined,
      .dropped: .patch_dropped,
    ]
    try walk("patch-P", start, \.status) { to in
      events[to].map { [($0, #"{"reason":"why"}"#)] } ?? []
    }
  }

  @Test func `workers follow their table`() throws {
    let events: [WorkerStatus: EventType] = [
      .spawning: .worker_spawned, .idle: .worker_idle, .busy: .worker_busy,
      .draining: .worker_draining, .terminated: .worker_terminated,
    ]
    try walk("worker-w1", WorkerState(), \.status) { to in
      events[to].map { [($0, #"{"worker_id":"w1","task_id":"T"}"#)] } ?? []
    }
  }

  @Test func `tasks follow their table`() throws {
    try walk("task-T", TaskState(), \.status) { to in
      let json = #"{"task_id":"T","worker_id":"w1"}"#
      switch to {
      case .absent: return []
      case .pending:
        return [(.task_created, json), (.task_unblocked, json), (.task_retried, json)]
      case .blocked: return [(.task_blocked, json)]
      case .assigned: return [(.task_assigned, json)]
      case .running: return [(.task_started, json)]
      case .completed: return [(.task_completed, json)]
      case .failed: return [(.task_failed, json)]
      case .cancelled: return [(.task_cancelled, json)]
      }
    }
  }

  @Test func `a task is created only once, unblocked only when blocked`() throws {
    for (type, from) in [
      (EventType.task_created, TaskStatus.failed), (.task_created, .blocked),
      (.task_created, .assigned), (.task_unblocked, .failed), (.task_unblocked, .assigned),
      (.task_retried, .blocked),
    ] {
      var scenario = try Scenario("task-T", TaskState())
      scenario.state.status = from
      #expect(try scenario.refusal(type)?.allowed == from.next.map(\.name))
    }
  }

  @Test func `runs follow their table`() throws {
    try walk("run-R", RunState(), \.status) { to in
      var events = [(EventType.run_state_changed, #"{"to":"\#(to.name)"}"#)]
      if to == .pending { events.append((.run_created, "{}")) }
      if to == .running { events.append((.run_started, "{}")) }
      return events
    }
  }

  @Test func `phases and workstreams follow their tables`() throws {
    try walk("phase-P", PhaseState(), \.status) { to in
      var events = [(EventType.phase_transition, #"{"to":"\#(to.name)"}"#)]
      if to == .planned { events.append((.phase_declared, "{}")) }
      return events
    }
    try walk("workstream-W", WorkstreamState(), \.status) { to in
      var events = [(EventType.workstream_state_changed, #"{"to":"\#(to.name)"}"#)]
      if to == .planned { events.append((.workstream_created, "{}")) }
      return events
    }
  }

  @Test func `gates follow their table`() throws {
    let events: [GateStatus: EventType] = [
      .pending: .gate_unblocked, .running: .gate_started, .blocked: .gate_blocked,
      .passed: .gate_passed, .failed: .gate_failed, .error: .gate_error,
      .skipped: .gate_skipped,
    ]
    try walk("gate-G/task-T", GateState(), \.status) { to in
      events[to].map { [($0, "{}")] } ?? []
    }
  }

  @Test func `reviews follow their table`() throws {
    let events: [ReviewStatus: EventType] = [
      .requested: .review_requested, .assigned: .review_assigned, .decided: .review_decided,
      .expired: .review_expired, .withdrawn: .review_withdrawn,
    ]
    try walk("review-R", ReviewState(), \.status) { to in
      events[to].map { [($0, "{}")] } ?? []
    }
  }

  @Test func `circuits follow their table`() throws {
    let events: [CircuitStatus: EventType] = [
      .open: .circuit_opened, .half_open: .circuit_half_opened, .closed: .circuit_closed,
    ]
    try walk("tool-t", ToolState(), \.walked) { to in events[to].map { [($0, "{}")] } ?? [] }
  }

  @Test func `sagas follow their table`() throws {
    var start = SagaState()
    start.stepCount = 1
    let events: [SagaStatus: EventType] = [
      .running: .saga_started, .completed: .saga_step_completed,
      .compensating: .saga_compensation_started,
      .compensated: .saga_compensation_completed,
      .compensation_failed: .saga_compensation_failed,
    ]
    var entered = try Scenario("saga-S", start)
    try entered.given(.saga_step_started)
    try walk("saga-S", entered.state, \.status) { to in
      events[to].map { [($0, "{}")] } ?? []
    }
  }

  @Test func `merges, steps, errors and requests follow their tables`() throws {
    let merges: [MergeStatus: EventType] = [
      .started: .merge_started, .conflict: .merge_conflict, .completed: .merge_completed,
      .failed: .merge_failed,
    ]
    try walk("merge-M", MergeState(), \.status) { to in merges[to].map { [($0, "{}")] } ?? [] }
    try walk("step-S", StepState(), \.status) { to in
      switch to {
      case .absent: []
      case .running: [(.step_started, "{}")]
      case .completed: [(.step_completed, "{}")]
      case .error: [(.step_failed, "{}")]
      case .canceled: [(.step_failed, #"{"state":"canceled"}"#)]
      }
    }
    let errors: [ErrorStatus: EventType] = [
      .raised: .error_raised, .in_pipeline: .error_pipeline_triggered,
      .resolved: .error_resolved,
    ]
    try walk("error-E", ErrorState(), \.status) { to in errors[to].map { [($0, "{}")] } ?? [] }
    try walk("request-Q", RequestState(), \.status) { to in
      to == .requested ? [(.execution_requested, "{}")] : []
    }
  }

  @Test func `reservations follow their table`() throws {
    let events: [ReservationStatus: EventType] = [
      .open: .cost_reserved, .settled: .cost_charged, .released: .cost_released,
    ]
    try walk("reservation-r", ReservationState(), \.walked) { to in
      events[to].map { [($0, #"{"estimate_micro_usd":1}"#)] } ?? []
    }
  }
}

extension ToolState {
  /// The circuit, to be set by a walk through its table.
  fileprivate var walked: CircuitStatus {
    get { circuit }
    set { declared = newValue }
  }
}

extension ReservationState {
  /// The state, to be set by a walk through its table.
  fileprivate var walked: ReservationStatus {
    get { status }
    set {
      held = newValue == .settled ? .open : newValue
      charges = newValue == .settled ? 1 : 0
    }
  }
}

struct StateTableTests {
  @Test func `every machine is listed once, and absent is 0`() {
    #expect(Set(stateTables.map(\.thing)).count == lifecycles.count)
    for type in lifecycles {
      func check<S: Lifecycle>(_: S.Type) {
        #expect(S.absent.rawValue == 0)
        #expect(S.allCases.allSatisfy { !$0.canBecome(.absent) })
        #expect(S.allCases.allSatisfy { $0.rawValue < 32 })
      }
      check(type)
    }
  }

  /// The tables once more, written down apart from the code.
  @Test(arguments: [
    "patch: created → validated dropped, validated → queued quarantined, "
      + "queued → applied apply_failed, applied → verified rolled_back, "
      + "apply_failed → queued quarantined, verified → committed rolled_back, "
      + "rolled_back → dropped, quarantined → dropped",
    "worker: SPAWNING → IDLE TERMINATED, IDLE → BUSY DRAINING TERMINATED, "
      + "BUSY → IDLE DRAINING TERMINATED, DRAINING → TERMINATED",
    "task: pending → blocked assigned cancelled, blocked → pending cancelled, "
      + "assigned → pending running cancelled, running → completed failed cancelled, "
      + "failed → pending",
    "run: pending → running canceled, running → succeeded failed canceled quarantined, "
      + "failed → quarantined",
    "workstream: planned → ready blocked skipped cancelled, ready → executing skipped cancelled, "
      + "blocked → ready, executing → validating failed cancelled, "
      + "validating → completed failed",
    "phase: planned → running, running → validating, validating → completed failed, "
      + "completed → compensating, failed → compensating, "
      + "compensating → compensated compensation_failed",
    "gate: pending → running blocked skipped, running → passed failed error, "
      + "blocked → pending, passed → running, failed → running, error → running, "
      + "skipped → running",
    "review: requested → assigned decided expired withdrawn, "
      + "assigned → decided expired withdrawn",
    "circuit: closed → open, open → half_open, half_open → closed open",
    "saga: running → completed compensating, completed → compensating, "
      + "compensating → compensated compensation_failed",
    "merge: started → conflict completed failed, conflict → conflict completed failed",
    "step: running → completed error canceled",
    "error: raised → in_pipeline resolved, in_pipeline → in_pipeline resolved",
    "reservation: open → settled released, settled → settled, released → settled",
    "request: ",
  ])
  func `each table is the documented one`(text: String) throws {
    let table = try #require(stateTables.first { text.hasPrefix($0.thing + ": ") })
    let edges = table.rows.filter { !$0.to.isEmpty }
      .map { "\($0.from) → \($0.to.joined(separator: " "))" }
    #expect("\(table.thing): \(edges.joined(separator: ", "))" == text)
  }

  /// What the first event may be: `nil` stands for any state.
  @Test(
    arguments: [
      ("patch", ["created"]), ("worker", ["SPAWNING"]), ("review", ["requested"]),
      ("saga", ["running"]), ("gate", ["running", "blocked", "skipped"]), ("circuit", ["open"]),
      ("reservation", ["open", "settled"]), ("request", ["requested"]),
      ("task", nil), ("run", nil), ("phase", nil), ("workstream", nil), ("merge", nil),
      ("step", nil), ("error", nil),
    ] as [(String, [String]?)])
  func `what was never created may begin where its guards allow`(
    thing: String, first: [String]?
  ) throws {
    let table = try #require(stateTables.first { $0.thing == thing })
    #expect(table.first == first ?? table.rows.map(\.from))
  }

  @Test func `workers shout, others do not`() throws {
    let worker = try #require(stateTables.first { $0.thing == "worker" })
    #expect(worker.rows.map(\.from) == ["SPAWNING", "IDLE", "BUSY", "DRAINING", "TERMINATED"])
    #expect(worker.rows[2].to == ["IDLE", "DRAINING", "TERMINATED"])
  }
}
