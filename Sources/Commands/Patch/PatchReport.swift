internal import Bytes
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

/// How patches of the ledger are shown.
enum PatchReport {
  /// A table for patches, one in a line.
  static func table() -> Table {
    Table([
      ("patch", false), ("state", false), ("project", false), ("tool", false), ("files", true),
      ("+", true), ("-", true), ("summary", false),
    ])
  }

  static func add(_ patch: StoredPatch, to table: inout Table) {
    let scope = patch.artifact?.child("scope")
    table.add([
      patch.id.description,
      (patch.state.stateName ?? "") + (patch.rolledBackBy == nil ? "" : ", taken back"),
      patch.project ?? "",
      patch.origin?.text("tool_id") ?? "", "\(scope?.texts("files_touched").count ?? 0)",
      "\(scope?.integer("line_insertions") ?? 0)", "\(scope?.integer("line_deletions") ?? 0)",
      patch.artifact?.text("summary") ?? "",
    ])
  }

  static func writeSummary(_ patch: StoredPatch, to writer: inout JSONWriter) {
    let scope = patch.artifact?.child("scope")
    writer.beginObject()
    writer.member("patch_id", patch.id.description)
    writer.member("state", patch.state.stateName)
    writer.member("rolled_back_by", orNull: patch.rolledBackBy)
    writer.member("project_id", orNull: patch.project)
    writer.member("phase_id", orNull: patch.phaseID)
    writer.member("execution_request_id", orNull: patch.requestID)
    writer.member("tool_id", orNull: patch.origin?.text("tool_id"))
    writer.member("files_touched", scope?.texts("files_touched") ?? [])
    writer.member("line_insertions", scope?.integer("line_insertions") ?? 0)
    writer.member("line_deletions", scope?.integer("line_deletions") ?? 0)
    writer.member("summary", orNull: patch.artifact?.text("summary"))
    writer.endObject()
  }

  /// Lines for a person: what it is, what was found, what it touches.
  static func show(_ patch: StoredPatch, _ console: Console) {
    let artifact = patch.artifact
    let fields: [(String, String?)] = [
      ("patch", patch.id.description), ("state", patch.state.stateName),
      ("summary", artifact?.text("summary")), ("project", patch.project),
      ("phase", patch.phaseID), ("workstream", patch.workstream),
      ("request", patch.requestID.map { $0 + (patch.request == nil ? " (unknown)" : "") }),
      ("tool", patch.origin?.text("tool_id")), ("issue", patch.creation.text("issue_ref")),
      ("repository", artifact?.text("target_repo")), ("applied in", patch.repository),
      ("base", artifact?.text("base_commit") ?? artifact?.text("base_ref")),
      ("created", patch.origin?.text("created_at")),
      ("replaces", patch.creation.child("relations")?.text("replaces_patch_id")),
      ("wanted by", patch.creation.text("operator")), ("because", patch.creation.text("reason")),
      ("takes back", patch.takesBack),
      ("same as", patch.creation.text("same_content_as")),
      ("commit", patch.commit), ("taken back", patch.rolledBackBy.map { "by \($0)" }),
    ]
    for (name, value) in fields {
      guard let value else { continue }
      let shown = SafeText.escaped(value)
      console.output.line(name.padded(to: 12) + (name == "state" ? colored(shown, console) : shown))
    }
    showChecks(patch, console)
    showSteps(patch, console)
    console.output.line()
    DiffReport.show(UnifiedDiff(parsing: patch.diffText.span), console)
  }

  private static func colored(_ state: String, _ console: Console) -> String {
    switch PatchStatus(named: state) {
    case .committed, .verified: console.style(.good, state)
    case .quarantined, .dropped, .apply_failed, .rolled_back: console.style(.bad, state)
    default: console.style(.name, state)
    }
  }

  private static func showChecks(_ patch: StoredPatch, _ console: Console) {
    let check = patch.events.last {
      $0.type == .patch_validated || $0.type == .patch_validation_failed
    }
    guard let validation = check?.payload?.child("validation") else { return }
    let flags = ["format", "scope", "constraints"].map { name in
      let isOK = validation.flag(name + "_ok") ?? false
      return "\(name) \(console.style(isOK ? .good : .bad, isOK ? "ok" : "failed"))"
    }
    console.output.line("checks".padded(to: 12) + flags.joined(separator: ", "))
    for error in validation.texts("validation_errors") {
      console.output.line("".padded(to: 12) + SafeText.escaped(error))
    }
  }

  static func json(_ patch: StoredPatch) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("patch_id", patch.id.description)
    writer.member("state", patch.state.stateName)
    writer.member("artifact", raw: patch.creation.raw("artifact"))
    writer.member("relations", raw: patch.creation.raw("relations"))
    writer.member("issue_ref", patch.creation.text("issue_ref"))
    writer.member("commit_sha", patch.commit)
    writer.member("rolled_back_by", patch.rolledBackBy)
    writer.key("diff")
    writer.raw(DiffReport.json(UnifiedDiff(parsing: patch.diffText.span)))
    writer.key("history")
    writeHistory(patch, to: &writer)
    writer.endObject()
    return writer.bytes
  }

  static func writeHistory(_ patch: StoredPatch, to writer: inout JSONWriter) {
    writer.beginArray()
    for event in patch.events {
      let envelope = event.event.envelope
      writer.beginObject()
      writer.member("position", event.event.position.rawValue)
      writer.member("type", String(envelope.type))
      writer.member("state", orNull: event.type.flatMap { PatchStatus(after: $0)?.name })
      writer.member("at", event.time)
      writer.member("source", envelope.source)
      writer.member("reason", orNull: event.payload?.text("reason"))
      writer.endObject()
    }
    writer.endArray()
  }

  static func historyTable(_ patch: StoredPatch) -> Table {
    var table = Table([
      ("position", true), ("at", false), ("event", false), ("source", false), ("why", false),
    ])
    for event in patch.events {
      // Seconds are enough for a person; JSON has all of it.
      let at = event.time.prefix { $0 != "." && $0 != "Z" } + "Z"
      table.add([
        "\(event.event.position)", String(at), String(event.event.envelope.type),
        event.event.envelope.source, event.payload?.complaint ?? "",
      ])
    }
    return table
  }
}
