internal import Bytes
internal import Events
internal import Pipeline

/// The positions of one stream or run, found through the records' links.
struct ReadLinks: ReadUnit {
  let query: Query
  /// A longer chain is read by scanning instead: its positions would take too much memory.
  static let countMax = 200_000

  /// Oldest first; nil when the query names neither stream nor run, or the chain is too long.
  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [Position]? {
    if let stream = query.stream {
      guard let number = try tables.number(of: stream), let row = try tables.row(number) else {
        return []
      }
      return try walk(from: row.last, tables) { $0.previousInStream }
    }
    if let runID = query.runID {
      guard let name = Name(Array("run-".utf8) + runID.utf8),
        let number = try tables.number(of: name), let row = try tables.row(number)
      else { return [] }
      guard let run = try decodeState(row) as? RunState else { return nil }
      return try walk(from: run.lastInRun, tables) { $0.previousInRun }
    }
    return nil
  }

  private func walk(
    from last: Position, _ tables: borrowing some LogReader & ~Copyable & ~Escapable,
    _ previous: (Envelope) -> Position
  ) throws(LogError) -> [Position]? {
    var positions: [Position] = []
    var position = last
    while position > .none, position >= query.from {
      guard positions.count < Self.countMax else { return nil }
      guard let event = try tables.event(at: position) else {
        throw LogError(.corruption, "no event at position \(position), which a link names")
      }
      if position <= query.to { positions.append(position) }
      let before = previous(event.envelope)
      guard before < position else {
        throw LogError(.corruption, "the event at \(position) links forward")
      }
      position = before
    }
    return positions.reversed()
  }
}

extension Engine {
  /// The positions that a query's stream or run has, in the query's order and number.
  func linked(_ query: Query) throws(LogError) -> [Position]? {
    guard query.stream != nil || query.runID != nil else { return nil }
    var unit = ReadLinks(query: query)
    guard var positions = try log.read(&unit) else { return nil }
    // Further conditions may leave some out: then `last` is counted elsewhere.
    if let last = query.last, query.isByLinksAlone { positions = Array(positions.suffix(last)) }
    if query.last != nil, !query.isByLinksAlone { return nil }
    if query.isBackwards { positions.reverse() }
    return positions
  }
}

extension Query {
  /// Whether stream or run are the only conditions besides positions.
  fileprivate var isByLinksAlone: Bool {
    (stream == nil) != (runID == nil) && category == nil && types.isEmpty && source == nil
      && labels.isEmpty && correlationID == nil && since == nil && until == nil
  }
}
