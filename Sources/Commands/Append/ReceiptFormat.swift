internal import Bytes
internal import Engine
internal import Events
internal import JSON

/// How receipts look.
struct ReceiptFormat: Sendable {
  var isDryRun = false
  /// Counts restores of the log; programs compare it with the epoch of older receipts.
  var epoch: UInt32 = 1

  /// Lines for a person: the event, then what followed from it, indented.
  func text(_ receipt: Receipt, indent: String = "") -> String {
    let verb = receipt.isDuplicate ? "already stored" : isDryRun ? "would store" : "stored"
    var line =
      "\(indent)\(verb) \(SafeText.escaped(receipt.type)) at \(receipt.position) in "
      + "\(SafeText.escaped(receipt.stream.bytes)) (revision \(receipt.revision))"
    let flags = receipt.flags.subtracting(.reaction).names
    for flag in flags { line += ", " + flag }
    for reaction in receipt.reactions { line += "\n" + text(reaction, indent: indent + "  ") }
    return line
  }

  /// One JSON object.
  func json(
    _ receipt: Receipt, line: Int?, more: ((inout JSONWriter) -> Void)? = nil
  ) -> [UInt8] {
    var writer = JSONWriter()
    write(receipt, line, more, to: &writer)
    return writer.bytes
  }

  private func write(
    _ receipt: Receipt, _ line: Int?, _ more: ((inout JSONWriter) -> Void)? = nil,
    to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.key("position")
    writer.int(receipt.position.rawValue)
    writer.key("event_id")
    writer.string(bytes: receipt.eventID.utf8.span)
    writer.key("type")
    writer.string(receipt.type)
    writer.key("stream")
    writer.string(bytes: receipt.stream.bytes.span)
    writer.key("revision")
    writer.int(receipt.revision)
    writer.key("leaf")
    writer.string(receipt.leaf.description)
    writer.key("epoch")
    writer.int(epoch)
    writer.key("duplicate")
    writer.bool(receipt.isDuplicate)
    for (flag, name) in [(EventFlags.late, "late"), (.masked, "masked")]
    where receipt.flags.contains(flag) {
      writer.key(name)
      writer.bool(true)
    }
    if isDryRun {
      writer.key("dry_run")
      writer.bool(true)
    }
    if let line {
      writer.key("line")
      writer.int(line)
    }
    if !receipt.reactions.isEmpty {
      writer.key("reactions")
      writer.beginArray()
      for reaction in receipt.reactions { write(reaction, nil, to: &writer) }
      writer.endArray()
    }
    more?(&writer)
    writer.endObject()
  }
}
