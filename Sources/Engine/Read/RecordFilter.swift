internal import Bytes
internal import Events

/// The conditions of a query in the form in which records have them: made once, asked for each.
struct RecordFilter: Sendable {
  private let query: Query
  private let category: [UInt8]?
  /// The types, for a first look at a record's bytes.
  let types: TypeFilter
  private let source: [UInt8]?
  private let correlationID: [UInt8]?
  /// Whether every record is shown, positions aside.
  let passesAll: Bool

  init(_ query: Query) {
    self.query = query
    category = query.category.map { Array($0.utf8) }
    types = TypeFilter(query.types)
    source = query.source.map { Array($0.utf8) }
    correlationID = query.correlationID.map { Array($0.utf8) }
    passesAll =
      query.stream == nil && query.runID == nil && category == nil && query.types.isEmpty
      && source == nil && query.labels.isEmpty && correlationID == nil && query.since == nil
      && query.until == nil
  }

  /// Whether a record is shown, its position aside.
  func passes(_ envelope: borrowing EnvelopeView) -> Bool {
    if !types.mayPass(envelope.bytes) { return false }
    if let stream = query.stream, !envelope.has(stream.bytes, at: envelope.streamRange) {
      return false
    }
    if let runID = query.runID, envelope.runID != runID { return false }
    if let category, !hasCategory(envelope, category) { return false }
    if let source, !envelope.has(source, at: envelope.sourceRange) { return false }
    if let correlationID {
      guard let range = envelope.correlationRange, envelope.has(correlationID, at: range)
      else { return false }
    }
    if !query.labels.isEmpty {
      let present = envelope.labels
      guard query.labels.allSatisfy({ present.contains($0) }) else { return false }
    }
    let time = query.clock == .log ? envelope.recordedAt : envelope.time
    if let since = query.since, time < since { return false }
    if let until = query.until, time > until { return false }
    return true
  }

  /// Whether an event that was read by itself is shown, its position aside.
  func passes(_ event: Event) -> Bool {
    guard let bytes = event.envelope.encoded(), let view = EnvelopeView(bytes.rawSpan)
    else { return false }
    return passes(view)
  }

  /// Whether the stream is `category`, or begins with it and a dash.
  private func hasCategory(_ envelope: borrowing EnvelopeView, _ category: [UInt8]) -> Bool {
    let stream = envelope.streamRange
    let end = stream.lowerBound + category.count
    guard end <= stream.upperBound, !category.contains(0x2D),
      envelope.has(category, at: stream.lowerBound..<end)
    else { return false }
    return end == stream.upperBound || envelope.has([0x2D], at: end..<end + 1)
  }
}
