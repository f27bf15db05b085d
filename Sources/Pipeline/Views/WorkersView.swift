internal import Bytes
package import Events
package import JSON

/// The workers: their life and their health at the moment that is asked for.
package enum WorkersView: View {
  package static let name = "workers"
  package static let summary = "The workers: state, health, errors and current task."
  package static let prefix = "worker-"
  package static let fields: [Column] = [
    .main("worker_id"), .main("state"), Column("healthy"), .main("health"),
    Column("health_reason"), .main("last_heartbeat"), Column("stalled"),
    .main("error_count", isNumeric: true), Column("last_error"), Column("quarantined"),
    Column("quarantine_reason"), .main("current_task_id"), Column("adapter_type"),
    .main("late_events", isNumeric: true), Column("checked_at"),
  ]

  package static func write(
    _ name: Name, _ row: StateRow, _ request: ViewRequest,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable, to writer: inout JSONWriter
  ) throws(LogError) -> Bool {
    let worker = try decodeState(row, as: WorkerState.self)
    guard row.revision > 0 || worker.status != .absent else { return false }
    let birth = try liveEvent(at: worker.spawned, in: tables)
    let task = try liveEvent(at: worker.busy, in: tables)
    let isBusy = worker.status == .busy || worker.status == .draining
    writer.beginObject()
    writer.member("worker_id", name.id)
    writer.member("state", orNull: worker.stateName)
    writeHealth(worker, request, to: &writer)
    try writeErrors(worker, from: tables, to: &writer)
    try writeQuarantine(worker, from: tables, to: &writer)
    writer.member("current_task_id", orNull: isBusy ? task?.payload?.text("task_id") : nil)
    writer.member("adapter_type", orNull: birth?.payload?.text("adapter_type"))
    writer.member("late_events", worker.lateEvents)
    writer.member("checked_at", request.now.description)
    writer.endObject()
    return true
  }

  private static func writeHealth(
    _ worker: WorkerState, _ request: ViewRequest, to writer: inout JSONWriter
  ) {
    let health = WorkerHealth(of: worker, at: request.now, request.rules)
    writer.key("healthy")
    if let isHealthy = health.isHealthy { writer.bool(isHealthy) } else { writer.null() }
    writer.member("health", health.verdict.rawValue)
    writer.member("health_reason", orNull: reason(health, worker))
    let isSeen = worker.lastHeartbeat != .never
    writer.member("last_heartbeat", orNull: isSeen ? worker.lastHeartbeat.description : nil)
    writer.member("stalled", health.verdict == .stalled)
  }

  private static func reason(_ health: WorkerHealth, _ worker: WorkerState) -> String? {
    switch health.verdict {
    case .healthy: nil
    case .unseen: "No heartbeat recorded"
    case .stale: "no heartbeat for \((health.silence ?? 0) / 1_000_000_000) seconds"
    case .stalled: "heartbeats without progress since \(worker.progressSince)"
    case .errors: "\(worker.errorCount) errors since its last completed task"
    case .quarantined: "quarantined"
    case .terminated: "terminated workers are not checked"
    }
  }

  private static func writeErrors(
    _ worker: WorkerState, from tables: borrowing some LogReader & ~Copyable & ~Escapable,
    to writer: inout JSONWriter
  ) throws(LogError) {
    let error = try liveEvent(at: worker.lastError, in: tables)
    writer.member("error_count", worker.errorCount)
    writer.member("last_error", orNull: error?.payload?.text("error"))
  }

  private static func writeQuarantine(
    _ worker: WorkerState, from tables: borrowing some LogReader & ~Copyable & ~Escapable,
    to writer: inout JSONWriter
  ) throws(LogError) {
    writer.member("quarantined", worker.isQuarantined)
    let event = worker.isQuarantined ? try liveEvent(at: worker.quarantined, in: tables) : nil
    writer.member("quarantine_reason", orNull: event?.payload?.text("reason"))
  }
}
