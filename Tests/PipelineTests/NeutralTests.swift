import Bytes
import Events
import Pipeline
import Testing

/// Neutral events own fields of their own: whether they came or not, the fields that others judge
/// are the same.
///
/// Undoing relies on it, because it folds a stream without what it undoes.
struct NeutralTests {
  private func judged<State: EntityState>(_ state: State) -> State {
    var judged = state
    judged.keepNeutralFields(of: State())
    return judged
  }

  /// Folds the events with and without the neutral ones.
  private func compare<State: EntityState>(
    _ type: State.Type, _ name: String, _ events: [(EventType, String, neutral: Bool)]
  ) throws {
    for kept in 0...events.count {
      var all = try Scenario(name, State())
      var some = all
      for (index, event) in events.enumerated() {
        let made = try all.event(event.0, event.1)
        all.state.evolve(made)
        // Early neutral events stay, later ones are left out.
        if !event.neutral || index < kept { some.state.evolve(made) }
      }
      #expect(judged(all.state) == judged(some.state), "\(type), \(kept) kept")
    }
  }

  @Test func `beats and errors leave a worker's life alone`() throws {
    try compare(
      WorkerState.self, "worker-w",
      [
        (.worker_heartbeat, #"{"progress":1}"#, true), (.worker_spawned, "{}", false),
        (.worker_error, "{}", true), (.worker_idle, "{}", false),
        (.worker_heartbeat, #"{"progress":2}"#, true), (.worker_busy, "{}", false),
        (.worker_health_check_failed, "{}", true), (.worker_quarantined, "{}", false),
        (.worker_error, "{}", true), (.worker_released, "{}", false),
      ])
  }

  @Test func `calls leave a circuit alone`() throws {
    try compare(
      ToolState.self, "tool-t",
      [
        (.tool_call_started, "{}", true), (.tool_call_error, "{}", true),
        (.circuit_opened, "{}", false), (.tool_call_error, "{}", true),
        (.circuit_half_opened, "{}", false), (.tool_call_started, "{}", true),
        (.circuit_closed, "{}", false), (.tool_call_completed, "{}", true),
        (.circuit_reset, "{}", false),
      ])
  }

  @Test func `charges leave reservations, warnings budgets, progress tasks alone`() throws {
    try compare(
      ReservationState.self, "reservation-r",
      [
        (.cost_charged, "{}", true), (.cost_reserved, #"{"estimate_micro_usd":1}"#, false),
        (.cost_charged, "{}", true), (.cost_released, "{}", false), (.cost_charged, "{}", true),
      ])
    try compare(
      BudgetState.self, "budget-total",
      [
        (.budget_warning, "{}", true),
        (.budget_set, #"{"limit_micro_usd":1,"mode":"halt"}"#, false),
        (.budget_exceeded, "{}", true),
      ])
    try compare(
      TaskState.self, "task-T",
      [
        (.task_progress, "{}", true), (.task_created, "{}", false), (.task_assigned, "{}", false),
        (.task_progress, "{}", true), (.task_started, "{}", false), (.task_progress, "{}", true),
      ])
  }

  @Test func `a charge settles a reservation that is undone`() throws {
    var reservation = try Scenario("reservation-r", ReservationState())
    try reservation.when(.cost_reserved, #"{"estimate_micro_usd":1}"#)
    try reservation.when(.cost_charged)
    var undone = ReservationState()
    undone.keepNeutralFields(of: reservation.state)
    #expect(undone.stateName == "settled")
    #expect(undone.contributions() == [])
  }

  /// Sums come from elsewhere: a state without them folds to the same judged fields.
  @Test func `no judged field depends on a sum`() throws {
    let fields: [SumField] = [
      .approvals, .gatePasses, .failedGates, .openFixes, .fixes, .lateEvents, .errors,
      .stepAttempts, .patchesCreated, .patchesApplied, .reservedMicroUSD, .spentMicroUSD,
      .inputTokens, .outputTokens, .charges, .tasksCompleted, .approver,
    ]
    func check<State: EntityState>(_ type: State.Type) throws {
      for event in EventType.allCases {
        var plain = try Scenario("x-1", State())
        var summed = plain
        for field in fields { summed.state.add(field, 7) }
        let made = try plain.event(event, #"{"reason":"r","to":"running"}"#)
        plain.state.evolve(made)
        summed.state.evolve(made)
        #expect(judged(plain.state) == judged(summed.state), "\(type) \(event)")
      }
    }
    for category in Category.allCases {
      guard let type = entityType(of: category) else { continue }
      try check(type)
    }
  }
}
