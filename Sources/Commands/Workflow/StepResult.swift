internal import Bytes
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

/// How one step of a patch ended.
struct StepResult {
  enum Step: String {
    case validate, queue, apply, verify, commit, rollback
  }

  let step: Step
  let patch: ULID
  /// Where the patch is now.
  let state: String
  let isOK: Bool
  /// What happened, in a line.
  var text: String
  /// What a person wants to know beside it, such as git's words.
  var details: [String] = []
  /// The event that tells of it; nil when nothing was appended.
  var receipt: Receipt?
  /// What else programs want to know.
  var members: [(inout JSONWriter) -> Void] = []
  /// The code of a step that was not done.
  var code = ExitCode.badInput

  var exitCode: ExitCode { isOK ? .done : code }

  func show(_ console: Console) {
    if console.isJSON { return console.output.json(json) }
    let mark = console.style(isOK ? .good : .bad, step.rawValue.padded(to: 9))
    let place = receipt.map { " (\($0.type) at position \($0.position))" } ?? ""
    console.output.line("\(mark) \(SafeText.escaped(text))\(place)")
    for detail in details {
      console.output.line("".padded(to: 10) + SafeText.escaped(detail))
    }
    console.output.flush()
  }

  private var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("step", step.rawValue)
    writer.member("patch_id", patch.description)
    writer.member("ok", isOK)
    writer.member("state", state)
    writer.member("message", text)
    writer.key("details")
    writer.beginArray()
    for detail in details { writer.string(detail) }
    writer.endArray()
    if let receipt {
      writer.member("event_id", receipt.eventID.description)
      writer.member("position", receipt.position.rawValue)
    }
    for write in members { write(&writer) }
    writer.endObject()
    return writer.bytes
  }
}
