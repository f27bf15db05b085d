package import Events
package import JSON

/// The tasks: who has them, what they wait for, and how their failures are mended.
package enum TasksView: View {
  package static let name = "tasks"
  package static let summary = "The tasks: state, worker, dependencies, retries and fixes."
  package static let prefix = "task-"
  package static let fields: [Column] = [
    .main("task_id"), Column("name"), .main("state"), .main("kind"),
    .main("priority", isNumeric: true), .main("worker"), Column("depends_on"),
    .main("waiting_for"), Column("blocked_by"), .main("retries", isNumeric: true),
    .main("fixes", isNumeric: true), Column("open_fixes", isNumeric: true),
    Column("failed_gates", isNumeric: true), Column("last_error.kind"), Column("last_error.code"),
    .main("last_error.message"), Column("last_error.at"), Column("parent_task_id"),
    Column("phase_id"), Column("workstream_id"), Column("project_id"), Column("progress"),
    Column("note"),
  ]

  package static func write(
    _ name: Name, _ row: StateRow, _ request: ViewRequest,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable, to writer: inout JSONWriter
  ) throws(LogError) -> Bool {
    let task = try decodeState(row, as: TaskState.self)
    guard let state = task.stateName else { return false }
    let creation = try liveEvent(at: task.created, in: tables)?.payload
    writer.beginObject()
    writer.member("task_id", name.id)
    writer.member("name", orNull: creation?.text("name"))
    writer.member("kind", orNull: creation?.text("kind"))
    writer.member("state", state)
    try writeWorker(task, from: tables, to: &writer)
    writer.key("priority")
    if task.priority > 0 { writer.int(task.priority) } else { writer.null() }
    try writeDependencies(task, creation, from: tables, to: &writer)
    writer.member("retries", task.retries)
    writer.member("fixes", max(0, task.fixes))
    writer.member("open_fixes", max(0, task.openFixes))
    writer.member("failed_gates", max(0, task.failedGates))
    try writeLastError(task, from: tables, to: &writer)
    for key in ["parent_task_id", "phase_id", "workstream_id", "project_id"] {
      writer.member(key, orNull: creation?.text(key))
    }
    try writeProgress(task, from: tables, to: &writer)
    writer.endObject()
    return true
  }

  private static func writeWorker(
    _ task: TaskState, from tables: borrowing some LogReader & ~Copyable & ~Escapable,
    to writer: inout JSONWriter
  ) throws(LogError) {
    let claim = task.worker == 0 ? nil : try liveEvent(at: task.assigned, in: tables)
    writer.member("worker", orNull: claim?.payload?.text("worker_id"))
  }

  /// What a task waits for is derived: dependencies that are not there yet, and open fixes.
  private static func writeDependencies(
    _ task: TaskState, _ creation: Payload?,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable, to writer: inout JSONWriter
  ) throws(LogError) {
    let dependencies = creation?.texts("depends_on") ?? []
    writer.member("depends_on", dependencies)
    var waiting: [String] = []
    if !task.status.isFinal {
      for id in dependencies {
        let other = try state(of: "task-" + id, as: TaskState.self, in: tables)
        if TaskState.obstacle(in: other) != nil { waiting.append(id) }
      }
    }
    writer.member("waiting_for", waiting)
    let blocked = task.status == .blocked ? try liveEvent(at: task.changed, in: tables) : nil
    writer.member("blocked_by", orNull: blocked?.payload?.text("by"))
  }

  private static func writeLastError(
    _ task: TaskState, from tables: borrowing some LogReader & ~Copyable & ~Escapable,
    to writer: inout JSONWriter
  ) throws(LogError) {
    writer.key("last_error")
    guard let failure = try liveEvent(at: task.lastFailed, in: tables) else {
      writer.null()
      return
    }
    writer.beginObject()
    writer.member("kind", orNull: failure.payload?.text("failure_kind"))
    writer.member("code", orNull: failure.payload?.text("error_code"))
    writer.member("message", orNull: failure.payload?.text("error_message"))
    writer.member("at", failure.time)
    writer.endObject()
  }

  private static func writeProgress(
    _ task: TaskState, from tables: borrowing some LogReader & ~Copyable & ~Escapable,
    to writer: inout JSONWriter
  ) throws(LogError) {
    let progress = try liveEvent(at: task.lastProgress, in: tables)?.payload
    writer.key("progress")
    if let tokens = progress?.raw("progress") { writer.raw(tokens) } else { writer.null() }
    writer.member("note", orNull: progress?.text("note"))
  }
}
