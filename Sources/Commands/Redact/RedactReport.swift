internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import JSON

/// What redacting came to: for a person, or as JSON.
struct RedactReport {
  let redactions: [Redaction]
  let refused: [(position: Position, error: LogError)]
  let others: [(position: Position, pointer: String)]
  let isDryRun: Bool
  /// Of the events that say so, one for each redaction that was carried out.
  var receipts: [Receipt] = []
  var compaction: Compaction?

  private static let shownMax = 20
  private static let notReached =
    "backups, logs put aside by `restore`, exports, bundles, forks, work trees and commits made "
    + "before are not reached: revoke the secret"

  /// What was to be redacted and can't be is no success.
  var exitCode: ExitCode { refused.isEmpty ? .done : .blocked }

  /// Prints the result, and beside it what is left to do.
  func print(_ console: Console) {
    if console.isJSON {
      console.output.json(json)
    } else {
      for line in lines { console.output.line(line) }
    }
    for (position, pointer) in others.prefix(Self.shownMax) where !console.isJSON {
      console.warn("the same is at position \(position) too, at \(pointer), and stays there")
    }
    if others.count > Self.shownMax, !console.isJSON {
      console.warn("and at \(others.count - Self.shownMax) places more: --json lists them all")
    }
    for (position, error) in refused {
      var error = error
      error.message = "position \(position): \(error.message)"
      console.report(ErrorReport(error))
    }
    if !receipts.isEmpty, !isDryRun { console.note(Self.notReached) }
  }

  private var lines: [String] {
    var lines = redactions.indices.map { index in
      let redaction = redactions[index]
      let masks = redaction.masks
        .map { "\(SafeText.escaped($0.pointer)) (\($0.rule))" }.joined(separator: ", ")
      let isDone = !isDryRun && index < receipts.count
      let by = isDone ? ", by position \(receipts[index].position)" : ""
      return "\(isDone ? "redacted" : "would redact") \(SafeText.escaped(redaction.type)) at "
        + "\(redaction.position): \(masks)\(by)"
    }
    if redactions.isEmpty { lines.append("nothing to redact") }
    if let compaction {
      lines.append(
        "the log's files are written anew: \(compaction.before) bytes before, "
          + "\(compaction.after) bytes now")
    }
    return lines
  }

  private var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("dry_run", isDryRun)
    writer.key("redacted")
    writer.beginArray()
    for (index, redaction) in redactions.enumerated() { write(redaction, index, to: &writer) }
    writer.endArray()
    writer.key("refused")
    writer.beginArray()
    for (position, error) in refused {
      writer.beginObject()
      writer.member("position", position.rawValue)
      writer.member("pointer", error.pointer ?? "")
      writer.member("message", error.message)
      writer.endObject()
    }
    writer.endArray()
    writer.key("also_at")
    writer.beginArray()
    for (position, pointer) in others {
      writer.beginObject()
      writer.member("position", position.rawValue)
      writer.member("pointer", pointer)
      writer.endObject()
    }
    writer.endArray()
    writer.key("compaction")
    if let compaction {
      writer.beginObject()
      writer.member("byte_count_before", UInt64(compaction.before))
      writer.member("byte_count", UInt64(compaction.after))
      writer.endObject()
    } else {
      writer.null()
    }
    writer.endObject()
    return writer.bytes
  }

  private func write(_ redaction: Redaction, _ index: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("position", redaction.position.rawValue)
    writer.member("event_id", redaction.eventID.description)
    writer.member("type", redaction.type)
    writer.key("masks")
    writer.beginArray()
    for mask in redaction.masks {
      writer.beginObject()
      writer.member("rule", mask.rule)
      writer.member("pointer", mask.pointer)
      writer.endObject()
    }
    writer.endArray()
    writer.key("by")
    if !isDryRun, index < receipts.count {
      writer.int(receipts[index].position.rawValue)
    } else {
      writer.null()
    }
    writer.endObject()
  }
}
