internal import Bytes
package import Events
package import JSON

/// The patch ledger: each entry is a document of `uet/patch_ledger_entry.v1`.
package enum PatchesView: View {
  package static let name = "patches"
  package static let summary = "The patch ledger: state, checks, applications and relations."
  package static let prefix = "patch-"
  package static let fields: [Column] = [
    .main("patch_id"), .main("state"), .main("project_id"), .main("phase_id"), Column("ledger_id"),
    Column("workstream_id"), Column("execution_request_id"), Column("validation.format_ok"),
    Column("validation.scope_ok"), Column("validation.constraints_ok"),
    Column("validation.tests_ran"), Column("validation.tests_passed"),
    Column("validation.validation_errors"), .main("apply.attempts", isNumeric: true),
    Column("apply.last_attempt_at"), .main("apply.last_error_code"),
    Column("apply.last_error_message"), Column("apply.workspace_path"),
    Column("apply.applied_files"), Column("quarantine.is_quarantined"),
    .main("quarantine.quarantine_reason"), Column("quarantine.quarantine_path"),
    Column("quarantine.quarantined_at"), Column("relations.replaces_patch_id"),
    Column("relations.rollback_of_patch_id"), Column("relations.chain_id"),
  ]

  package static func write(
    _ name: Name, _ row: StateRow, _ request: ViewRequest,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable, to writer: inout JSONWriter
  ) throws(LogError) -> Bool {
    let patch = try decodeState(row, as: PatchState.self)
    guard let state = patch.stateName else { return false }
    let events = try liveHistory(endingAt: row.last, in: tables)
    let creation = try liveEvent(at: patch.created, in: tables)
    writer.beginObject()
    writeIdentity(name, creation, to: &writer)
    writer.member("state", state)
    writeHistory(events, to: &writer)
    try writeValidation(patch, from: tables, to: &writer)
    writeApplication(patch, events, to: &writer)
    try writeQuarantine(patch, from: tables, to: &writer)
    writer.member("relations", raw: creation?.payload?.raw("relations"))
    writer.endObject()
    return true
  }

  /// An entry that names no ledger id has that of its first event.
  private static func writeIdentity(
    _ name: Name, _ creation: LiveEvent?, to writer: inout JSONWriter
  ) {
    let payload = creation?.payload
    let origin = payload?.child("artifact")?.child("origin")
    let eventID = creation.map { $0.event.envelope.eventID.description }
    writer.member("ledger_id", payload?.text("ledger_id") ?? eventID ?? name.id)
    writer.member("patch_id", name.id)
    writer.member("project_id", payload?.text("project_id") ?? "unknown")
    writer.member("phase_id", payload?.text("phase_id") ?? origin?.text("phase_id"))
    writer.member("workstream_id", payload?.text("workstream_id") ?? origin?.text("workstream_id"))
    writer.member("execution_request_id", origin?.text("execution_request_id"))
  }

  private static func writeHistory(_ events: [LiveEvent], to writer: inout JSONWriter) {
    writer.key("state_history")
    writer.beginArray()
    for event in events {
      guard let type = event.type, let status = PatchStatus(after: type) else { continue }
      writer.beginObject()
      writer.member("state", status.name)
      writer.member("at", event.time)
      writer.member("reason", reason(of: event))
      writer.endObject()
    }
    writer.endArray()
  }

  private static func reason(of event: LiveEvent) -> String? {
    let given = event.payload?.text("reason")
    switch event.type {
    case .patch_created: return given ?? "Initial creation"
    case .patch_apply_failed: return given ?? event.payload?.text("error_message")
    default: return given
    }
  }

  private static func writeValidation(
    _ patch: PatchState, from tables: borrowing some LogReader & ~Copyable & ~Escapable,
    to writer: inout JSONWriter
  ) throws(LogError) {
    let check = try liveEvent(at: patch.validated, in: tables)?.payload?.child("validation")
    let isTested = patch.verified != .none
    writer.key("validation")
    writer.beginObject()
    writer.member("format_ok", patch.flags.contains(.formatOK))
    writer.member("scope_ok", patch.flags.contains(.scopeOK))
    writer.member("constraints_ok", patch.flags.contains(.constraintsOK))
    if isTested || check?.flag("tests_ran") != nil {
      let ran = patch.flags.contains(.testsRan)
      let passed = patch.flags.contains(.testsPassed)
      writer.member("tests_ran", isTested ? ran : check?.flag("tests_ran") ?? false)
      writer.member("tests_passed", isTested ? passed : check?.flag("tests_passed") ?? false)
    }
    writer.member("validation_errors", check?.texts("validation_errors") ?? [])
    writer.endObject()
  }

  private static func writeApplication(
    _ patch: PatchState, _ events: [LiveEvent], to writer: inout JSONWriter
  ) {
    guard patch.attempts > 0 else { return }
    let attempt = events.last { $0.type == .patch_apply_started || isResult($0) }
    let failure = events.last { $0.type == .patch_apply_failed }
    let success = events.last { $0.type == .patch_apply_succeeded }
    let place = events.last { $0.payload?.has("workspace_path") ?? false }
    writer.key("apply")
    writer.beginObject()
    writer.member("attempts", patch.attempts)
    writer.member("last_attempt_at", attempt?.time)
    writer.member("last_error_code", failure?.payload?.text("error_code"))
    writer.member("last_error_message", failure?.payload?.text("error_message"))
    writer.member("workspace_path", place?.payload?.text("workspace_path"))
    writer.member("applied_files", raw: success?.payload?.raw("applied_files"))
    writer.endObject()
  }

  private static func isResult(_ event: LiveEvent) -> Bool {
    event.type == .patch_apply_succeeded || event.type == .patch_apply_failed
  }

  /// What was quarantined and then dropped keeps its reason.
  private static func writeQuarantine(
    _ patch: PatchState, from tables: borrowing some LogReader & ~Copyable & ~Escapable,
    to writer: inout JSONWriter
  ) throws(LogError) {
    guard let event = try liveEvent(at: patch.quarantined, in: tables) else { return }
    writer.key("quarantine")
    writer.beginObject()
    writer.member("is_quarantined", patch.status == .quarantined)
    writer.member("quarantine_reason", event.payload?.text("reason"))
    writer.member("quarantine_path", event.payload?.text("path"))
    writer.member("quarantined_at", event.time)
    writer.endObject()
  }
}
