internal import Bytes
package import Events
package import JSON

/// The runs: each entry is a document of `uet/run_record.v1`.
///
/// A run that the log knows by its events alone is shown as running, since its first event, in
/// the project and phase `unknown`.
package enum RunsView: View {
  package static let name = "runs"
  package static let summary = "The runs: state, times and counters."
  package static let prefix = "run-"
  package static let fields: [Column] = [
    .main("run_id"), .main("state"), .main("project_id"), .main("phase_id"),
    Column("workstream_id"), Column("execution_request_id"), Column("created_at"),
    .main("started_at"), .main("ended_at"), Column("state_reason"), Column("origin.trigger_type"),
    Column("origin.trigger_ref"), Column("origin.requested_by"),
    .main("counters.step_attempts", isNumeric: true),
    .main("counters.patches_created", isNumeric: true),
    Column("counters.patches_applied", isNumeric: true), .main("counters.errors", isNumeric: true),
  ]

  package static func write(
    _ name: Name, _ row: StateRow, _ request: ViewRequest,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable, to writer: inout JSONWriter
  ) throws(LogError) -> Bool {
    let run = try decodeState(row, as: RunState.self)
    let creation = try liveEvent(at: run.created, in: tables)
    var beginning = creation
    if beginning == nil { beginning = try firstEvent(run, row, in: tables) }
    guard let beginning else { return false }
    let payload = creation?.payload
    writer.beginObject()
    writer.member("run_id", name.id)
    writer.member("project_id", payload?.text("project_id") ?? "unknown")
    writer.member("phase_id", payload?.text("phase_id") ?? "unknown")
    writer.member("workstream_id", orNull: payload?.text("workstream_id"))
    writer.member("execution_request_id", orNull: payload?.text("execution_request_id"))
    writer.member("created_at", beginning.time)
    writer.member("started_at", orNull: try liveEvent(at: run.started, in: tables)?.time)
    writer.member("ended_at", orNull: try liveEvent(at: run.ended, in: tables)?.time)
    writer.member("state", run.stateName ?? RunStatus.running.name)
    let change = try liveEvent(at: run.changed, in: tables)
    writer.member("state_reason", orNull: change?.payload?.text("reason"))
    writer.member("origin", raw: payload?.raw("origin"))
    writeCounters(run, to: &writer)
    writer.endObject()
    return true
  }

  private static func writeCounters(_ run: RunState, to writer: inout JSONWriter) {
    writer.key("counters")
    writer.beginObject()
    writer.member("step_attempts", max(0, run.stepAttempts))
    writer.member("patches_created", max(0, run.patchesCreated))
    writer.member("patches_applied", max(0, run.patchesApplied))
    writer.member("errors", max(0, run.errors))
    writer.endObject()
  }

  /// The first event of a run that was never created, found through the links of its events; nil
  /// when all of them are undone.
  private static func firstEvent(
    _ run: RunState, _ row: StateRow,
    in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> LiveEvent? {
    var position = run.lastInRun > .none ? run.lastInRun : row.last
    var first: LiveEvent?
    var undone: Set<ULID> = []
    while let event = try liveEvent(at: position, in: tables) {
      guard event.event.envelope.previousInRun < position else {
        throw LogError(.corruption, "the event at \(position) links forward in its run")
      }
      let envelope = event.event.envelope
      if let target = envelope.reverses {
        undone.insert(target)
      } else if !undone.contains(envelope.eventID) {
        first = event
      }
      position = event.event.envelope.previousInRun
    }
    return first
  }
}
