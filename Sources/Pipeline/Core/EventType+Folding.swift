extension EventType {
  /// Whether folding an event looks into its payload: `evolve`, the shares that the event has by
  /// itself, and what it reverses.
  ///
  /// The payloads of those that are listed as false are passed over, unless a template of the
  /// schema wants a field. Leaving a type out costs time only.
  package var isFoldedWithPayload: Bool {
    switch self {
    case .run_created, .run_started: false
    case .task_started, .task_progress, .task_completed, .task_retried, .task_blocked: false
    case .task_unblocked, .task_cancelled: false
    case .circuit_opened, .circuit_half_opened, .circuit_closed, .circuit_reset: false
    case .worker_spawned, .worker_idle, .worker_draining, .worker_terminated: false
    case .worker_error, .worker_quarantined, .worker_released: false
    case .worker_health_check_failed: false
    case .patch_created, .patch_queued, .patch_apply_started, .patch_apply_succeeded: false
    case .patch_apply_failed, .patch_committed, .patch_rolled_back, .patch_quarantined: false
    case .patch_commit_failed, .patch_dropped: false
    case .note, .payload_sealed: false
    default: true
    }
  }
}
