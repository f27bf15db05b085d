package import Bytes
package import Events
internal import Merkle

/// A log as it was at a position: rows and names come from a fold, events from the log itself,
/// one short read each.
package struct FoldedTables<Log: EventLog>: LogReader {
  private let log: Log
  private let folder: Folder
  private let sorted: [(name: Name, number: EntityNumber)]

  /// - Parameter folder: a fold of the log's first events, up to the position to look at.
  package init(_ folder: Folder, of log: Log) {
    self.folder = folder
    self.log = log
    sorted = folder.names.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  package var position: Position { folder.position }

  package func head() throws(LogError) -> Head {
    guard position > .none, let last = try event(at: position) else {
      var head = Head()
      head.frontier.append(log.identity.genesisLeaf)
      return head
    }
    let frontier = try Frontier(
      size: position.rawValue + 1,
      leaf: { index throws(LogError) in try leaf(index) },
      block: { block throws(LogError) in try root(of: block) })
    return Head(
      position: position, recordedAt: last.envelope.recordedAt, frontier: frontier)
  }

  private func leaf(_ index: UInt64) throws(LogError) -> Digest {
    guard index > 0 else { return log.identity.genesisLeaf }
    guard let bytes = try event(at: Position(index))?.envelope.encoded() else {
      throw LogError(.corruption, "there is no event at position \(index)")
    }
    return TreeHash.leaf(bytes)
  }

  private func root(of block: UInt64) throws(LogError) -> Digest {
    guard let root = try subtreeRoot(block) else {
      throw LogError(.corruption, "the tree has no root of block \(block)")
    }
    return root
  }

  package func event(at position: Position) throws(LogError) -> Event? {
    guard position <= self.position else { return nil }
    var unit = ReadEvent(reference: .position(position))
    return try log.read(&unit)
  }

  package func scan(
    from first: Position, _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) {
    var next = max(first, Position(1))
    while let event = try event(at: next), let envelope = event.envelope.encoded() {
      guard let view = EnvelopeView(envelope.rawSpan) else { return }
      // The salt of a record is nobody's business outside of the log.
      let salted = event.payload.map { [UInt8](repeating: 0, count: Salt.byteCount) + $0 }
      let goesOn: Bool
      if let salted {
        goesOn = try body(
          next,
          RecordView(envelope: view, salted: salted.rawSpan, isRedacted: event.isRedacted))
      } else {
        goesOn = try body(next, RecordView(envelope: view, salted: nil, isRedacted: false))
      }
      guard goesOn else { return }
      next = next.next
    }
  }

  package func entry(for key: DedupeKey) throws(LogError) -> DedupeEntry? {
    var unit = ReadEntry(key: key)
    guard let entry = try log.read(&unit), entry.position <= position else { return nil }
    return entry
  }

  package func number(of name: Name) throws(LogError) -> EntityNumber? { folder.number(of: name) }

  package func row(_ number: EntityNumber) throws(LogError) -> StateRow? { folder.row(number) }

  package func forEachName(
    prefix: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    try forEachName(prefix: prefix, from: prefix, body)
  }

  package func forEachName(
    prefix: [UInt8], from first: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    let start = first.lexicographicallyPrecedes(prefix) ? prefix : first
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle].name.bytes.lexicographicallyPrecedes(start) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    for (name, number) in sorted[low...] {
      guard name.bytes.starts(with: prefix), try body(name, number) else { return }
    }
  }

  package func subtreeRoot(_ block: UInt64) throws(LogError) -> Digest? {
    guard block < (position.rawValue + 1) / Frontier.blockLeafCount else { return nil }
    var unit = ReadSubtreeRoot(block: block)
    return try log.read(&unit)
  }

  package func value(_ key: String) throws(LogError) -> [UInt8]? {
    var unit = ReadValue(key: key)
    return try log.read(&unit)
  }
}

/// Reads what an id or key stands for.
struct ReadEntry: ReadUnit {
  let key: DedupeKey

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> DedupeEntry? { try tables.entry(for: key) }
}

/// Reads the root of a complete subtree.
struct ReadSubtreeRoot: ReadUnit {
  let block: UInt64

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Digest? { try tables.subtreeRoot(block) }
}
