package import Bytes
package import Events

/// Which events a replay shows, and in which order.
///
/// All conditions must hold.
package struct Query: Hashable, Sendable {
  package var stream: Name?
  package var runID: ULID?
  /// The text before the first `-` of the stream.
  package var category: String?
  /// Any of these types; empty for all.
  package var types: [String] = []
  package var source: String?
  package var labels: [Label] = []
  package var correlationID: String?
  /// The first and last position to show.
  package var from: Position = Position(1)
  package var to: Position = Position(.max)
  /// The first and last moment to show, by the log's clock or the sources'.
  package var since: Timestamp?
  package var until: Timestamp?
  package var clock = ClockChoice.log
  /// Newest first.
  package var isBackwards = false
  /// At most this many; with `isLast` the newest ones, in the usual order.
  package var last: Int?

  package init() {}

  /// Which of an event's two times conditions mean.
  package enum ClockChoice: String, Sendable { case log, source }
}

extension Query {
  /// Whether a record is shown, its position aside.
  func matches(_ envelope: borrowing EnvelopeView) -> Bool {
    if let stream, envelope.text(envelope.streamRange) != stream.bytes { return false }
    if let runID, envelope.runID != runID { return false }
    if let category, !hasCategory(envelope, Array(category.utf8)) { return false }
    if !types.isEmpty, !types.contains(envelope.string(envelope.typeRange)) { return false }
    if let source, envelope.string(envelope.sourceRange) != source { return false }
    if let correlationID {
      guard let range = envelope.correlationRange, envelope.string(range) == correlationID
      else { return false }
    }
    if !labels.isEmpty {
      let present = envelope.labels
      guard labels.allSatisfy({ present.contains($0) }) else { return false }
    }
    let time = clock == .log ? envelope.recordedAt : envelope.time
    if let since, time < since { return false }
    if let until, time > until { return false }
    return true
  }

  private func hasCategory(_ envelope: borrowing EnvelopeView, _ category: [UInt8]) -> Bool {
    let stream = envelope.text(envelope.streamRange)
    return stream.prefix { $0 != 0x2D } == category[...]
  }
}
