internal import Bytes
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

extension Log {
  /// An event offered to the log.
  public struct Draft: Sendable {
    /// Its type, such as `worker_heartbeat`.
    public var type: String
    /// A JSON object; it is checked against the type's schema.
    public var payload: String
    /// A ULID that makes the draft safe to append again; nil for a fresh one.
    public var id: String?
    /// An idempotency key of your own, unique within source and type.
    public var key: String?
    /// The run that it belongs to, a ULID.
    public var run: String?
    /// Who says so: `aider`, `pytest`.
    public var source = ""
    /// When it happened, RFC 3339; nil for now.
    public var time: String?
    /// What it belongs together with.
    public var correlationID: String?
    /// The id of the event that caused it.
    public var causationID: String?
    /// The revision that the stream must be at; 0 for a new one.
    public var expectedRevision: UInt64?
    /// Short words for filters.
    public var labels: [String: String] = [:]

    /// A draft with nothing but a type and a payload.
    public init(_ type: String, payload: String) {
      self.type = type
      self.payload = payload
    }
  }
}

/// What the engine calls a draft.
typealias EngineDraft = Draft

extension Log.Draft {
  /// The engine's form of it.
  func checked() throws(LogError) -> EngineDraft {
    var draft = EngineDraft(type: type, payload: try parsedPayload())
    draft.eventID = try Self.id(id, "event_id")
    draft.key = key
    draft.runID = try Self.id(run, "run_id")
    draft.source = source
    draft.correlationID = correlationID
    draft.causationID = try Self.id(causationID, "causation_id")
    draft.expect = expectedRevision
    draft.labels = labels.sorted { $0.key < $1.key }.map { Label(key: $0.key, value: $0.value) }
    if let time {
      guard let parsed = Timestamp(time) else {
        throw LogError(
          .badInput, "\"\(time)\" is no time", expected: "RFC 3339, like 2026-11-22T15:04:05Z",
          pointer: "/ts")
      }
      draft.time = parsed
    }
    return draft
  }

  private func parsedPayload() throws(LogError) -> Payload {
    do throws(JSONError) {
      let document = try JSONDocument(parsing: Array(payload.utf8))
      return Payload(document, document.root)
    } catch {
      throw LogError(.badInput, "the payload is not JSON: \(error.message)", pointer: error.pointer)
    }
  }

  private static func id(_ text: String?, _ field: String) throws(LogError) -> ULID? {
    guard let text else { return nil }
    return try ULID.parse(text, field: field)
  }
}
