internal import Bytes
internal import Events
internal import Pipeline

/// The payloads that are not what was committed to, and what the log's own events say of them.
struct RedactionAudit {
  static let type = Array(EventType.payload_redacted.name.utf8)

  /// Events without payload.
  var gone: Set<Position> = []
  /// The SHA-256 of each payload that took another's place.
  var replaced: [Position: Digest] = [:]
  /// Payloads that are damaged: nothing more is said of them.
  var unreadable: Set<Position> = []
  /// The last redaction of each event, and where it is.
  private var told: [Position: (record: RedactionRecord, by: Position)] = [:]

  private static let shownMax = 8

  /// Takes note of what a `payload_redacted` says.
  mutating func note(_ payload: [UInt8], by position: Position) {
    guard let record = RedactionRecord(payload), record.target < position else { return }
    told[record.target] = (record, position)
  }

  /// Whether a payload that is another is the one that the last redaction of it left.
  private func isTold(_ position: Position) -> Bool {
    guard let record = told[position]?.record else { return false }
    return record.replacement == replaced[position]
  }

  /// What is wrong: payloads that no redaction explains, and redactions whose payload is back.
  ///
  /// - Parameter missing: records that can't be read.
  func findings(_ missing: Set<Position>) -> [(Position, String)] {
    var found: [(Position, String)] = []
    for position in gone where !isTold(position) {
      let what = "the payload at position \(position) is gone and no redaction says so"
      found.append((position, what))
    }
    for position in replaced.keys where !isTold(position) {
      let why =
        told[position].map { "is not the one of its redaction at position \($0.by)" }
        ?? "is not the one committed to, and no redaction says so"
      found.append((position, "the payload at position \(position) \(why)"))
    }
    for (position, last) in told
    where replaced[position] == nil && !gone.contains(position) && !unreadable.contains(position)
      && !missing.contains(position)
    {
      found.append(
        (
          position,
          "the payload at position \(position) is the one that was redacted at position \(last.by)"
        ))
    }
    return found.sorted { $0.0 < $1.0 }
  }

  /// How many payloads are redacted, and by which events.
  var figures: String {
    let good = (Array(gone) + replaced.keys).filter { isTold($0) }
    let by = good.compactMap { told[$0]?.by }.sorted()
    guard !by.isEmpty else { return "0 redacted" }
    let shown = by.prefix(Self.shownMax).map { "\($0)" }.joined(separator: ", ")
    return "\(good.count) redacted (by \(shown)\(by.count > Self.shownMax ? ", …" : ""))"
  }
}
