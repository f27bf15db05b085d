internal import Bytes
internal import Engine
internal import Events
internal import JSON

/// What undoing came to: for a person, or as JSON.
struct CompensateReport {
  let plan: UndoPlan
  let receipts: [Receipt]
  let isDryRun: Bool

  func lines(_ style: Style) -> [String] {
    var lines: [String] = []
    if plan.steps.isEmpty { lines.append("nothing to undo") }
    let verb = isDryRun ? "would undo" : "undid"
    for (index, step) in plan.steps.enumerated() {
      var line =
        "\(verb) \(SafeText.escaped(step.target.envelope.type)) at \(step.target.position) in "
        + SafeText.escaped(step.target.envelope.stream.bytes)
      if step.stateBefore != step.stateAfter {
        line += ": \(step.stateBefore ?? "·") → \(step.stateAfter ?? "·")"
      }
      if !isDryRun, index < receipts.count { line += ", by position \(receipts[index].position)" }
      lines.append(line)
    }
    for left in plan.left {
      var line =
        "left \(SafeText.escaped(left.event.envelope.type)) at \(left.event.position): it "
        + SafeText.escaped(left.reason)
      if let command = left.command { line += " (`\(SafeText.escaped(command))`)" }
      lines.append(style(.dim, line))
    }
    for proof in plan.proofs {
      let claim = isDryRun ? "would prove" : "proved"
      let mark = proof.holds ? style(.good, claim) : style(.bad, "DIFFERS")
      lines.append(
        "\(mark) \(SafeText.escaped(proof.entity.bytes)) is \(proof.state ?? "new") again: "
          + "digest before \(Self.hex(proof.before)), "
          + "\(isDryRun ? "expected" : "after") \(Self.hex(proof.after))")
    }
    return lines
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("dry_run", isDryRun)
    writer.key("undone")
    writer.beginArray()
    for (index, step) in plan.steps.enumerated() { write(step, index, to: &writer) }
    writer.endArray()
    writer.key("left")
    writer.beginArray()
    for left in plan.left { Self.write(left, to: &writer) }
    writer.endArray()
    writer.key("proofs")
    writer.beginArray()
    for proof in plan.proofs {
      writer.beginObject()
      writer.member("entity", proof.entity.description)
      if let state = proof.state { writer.member("state", state) }
      writer.member("before", Self.hex(proof.before))
      // Nothing is read back when nothing is written.
      writer.member(isDryRun ? "expected" : "after", Self.hex(proof.after))
      writer.member(isDryRun ? "would_hold" : "holds", proof.holds)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  private func write(_ step: UndoPlan.Step, _ index: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("position", step.target.position.rawValue)
    writer.member("event_id", step.target.envelope.eventID.description)
    writer.member("type", step.target.envelope.type)
    writer.member("stream", step.target.envelope.stream.description)
    if let entity = step.entity { writer.member("entity", entity.description) }
    if let state = step.stateBefore { writer.member("from", state) }
    if let state = step.stateAfter { writer.member("to", state) }
    if !isDryRun, index < receipts.count {
      writer.member("reversed_by", receipts[index].position.rawValue)
    }
    writer.endObject()
  }

  private static func write(_ left: UndoPlan.Left, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("position", left.event.position.rawValue)
    writer.member("type", left.event.envelope.type)
    writer.member("reason", left.reason)
    if let command = left.command { writer.member("command", command) }
    writer.endObject()
  }

  private static func hex(_ number: UInt64) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
