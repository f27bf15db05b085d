internal import Bytes
internal import Engine
internal import Events
internal import JSON
internal import Synchronization

/// Events as documents of `uet/run_event.v1`, one line each.
///
/// What is of no run has no place in such a document and is left out. A type outside of its kinds
/// becomes a note, with type, stream and payload in the note's payload.
struct RunEvent: RecordRenderer {
  let omitted = Tally()

  /// How many events were left out; stretches of the log are rendered side by side.
  final class Tally: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }
    func increment() { number.wrappingAdd(1, ordering: .relaxed) }
  }

  /// The types that are kinds of their own; a test compares them with the schema.
  static let kinds: Set<String> = [
    "run_created", "run_started", "run_state_changed", "tool_call_started", "tool_call_completed",
    "tool_call_error", "patch_created", "patch_validated", "patch_apply_started",
    "patch_apply_succeeded", "patch_apply_failed", "patch_quarantined",
    "error_pipeline_triggered", "phase_transition", "note",
  ]

  func render(_ record: borrowing RecordView, at position: Position, to out: inout [UInt8]) {
    let envelope = record.envelope.owned
    guard let run = envelope.runID else {
      omitted.increment()
      return
    }
    let type = String(envelope.type)
    let isKind = Self.kinds.contains(type)
    let payload = record.payload
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("event_id", envelope.eventID.description)
    writer.member("run_id", run.description)
    writer.member("step_attempt_id", Self.step(payload))
    writer.member("ts", envelope.time.description)
    writer.member("kind", isKind ? type : "note")
    if isKind {
      writer.member("payload", raw: payload)
    } else {
      writer.key("payload")
      writer.beginObject()
      writer.member("type", type)
      writer.member("stream", envelope.stream.description)
      writer.member("payload", raw: payload)
      writer.endObject()
    }
    writer.endObject()
    out += writer.bytes
    out.append(0x0A)
  }

  /// The step that an event is about, where it names one as these documents do: by a ULID.
  private static func step(_ payload: [UInt8]?) -> String? {
    guard let payload, let document = try? JSONDocument(parsing: payload) else { return nil }
    return document.member(document.root, "step_attempt_id").flatMap { document.string($0) }
      .flatMap { ULID($0)?.description }
  }
}
