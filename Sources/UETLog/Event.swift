internal import Bytes
internal import Engine
internal import Events

extension Log {
  /// A stored event, whole.
  public struct Event: Hashable, Sendable {
    /// Its place in the log, 1-based and gapless.
    public let position: UInt64
    /// Its ULID.
    public let id: String
    public let type: String
    /// The ordered events of one subject that it belongs to: `worker-w1`.
    public let stream: String
    /// Its place in the stream, 1-based.
    public let revision: UInt64
    public let run: String?
    /// When its source says that it happened, RFC 3339.
    public let time: String
    /// When the log took it, RFC 3339; never falls.
    public let recordedAt: String
    public let source: String
    public let correlationID: String?
    public let causationID: String?
    /// The id of the event that this one cancels.
    public let reverses: String?
    public let labels: [String: String]
    /// The JSON tokens as they came; nil when the payload is gone.
    public let payload: String?
    /// Whether secrets were taken out of the payload after it was stored.
    public let isRedacted: Bool
  }

  /// What a successful append tells.
  public struct Receipt: Hashable, Sendable {
    public let position: UInt64
    /// The event's ULID.
    public let id: String
    public let type: String
    public let stream: String
    public let revision: UInt64
    /// The leaf hash in hexadecimal: keep it, and `uetlog verify` can prove the event by it.
    public let leaf: String
    /// The event was there before: this is its first receipt.
    public let isDuplicate: Bool
    /// The receipts of the events that the log appended because of this one.
    public let reactions: [Receipt]
  }
}

/// What the log calls a stored event and its receipt.
typealias StoredEvent = Event
typealias EngineReceipt = Receipt

extension Log.Event {
  init(_ event: StoredEvent) {
    let envelope = event.envelope
    position = event.position.rawValue
    id = envelope.eventID.description
    type = envelope.type
    stream = envelope.stream.description
    revision = envelope.revision
    run = envelope.runID?.description
    time = envelope.time.description
    recordedAt = envelope.recordedAt.description
    source = envelope.source
    correlationID = envelope.correlationID
    causationID = envelope.causationID?.description
    reverses = envelope.reverses?.description
    labels = Dictionary(
      envelope.labels.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    payload = event.payload.map { String(decoding: $0, as: UTF8.self) }
    isRedacted = event.isRedacted
  }
}

extension Log.Receipt {
  init(_ receipt: EngineReceipt) {
    position = receipt.position.rawValue
    id = receipt.eventID.description
    type = receipt.type
    stream = receipt.stream.description
    revision = receipt.revision
    leaf = receipt.leaf.description
    isDuplicate = receipt.isDuplicate
    reactions = receipt.reactions.map { Log.Receipt($0) }
  }
}
