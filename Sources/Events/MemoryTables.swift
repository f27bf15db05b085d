package import Bytes
internal import Merkle

/// The tables of a log as plain values.
package struct MemoryTables: LogWriter, Sendable {
  /// A stored record.
  private struct Stored: Sendable {
    var envelope: [UInt8]
    /// Salt and payload.
    var salted: [UInt8]?
    var isRedacted = false
  }

  private var records: [Stored] = []
  private var entries: [DedupeKey: DedupeEntry] = [:]
  package private(set) var numbers: [Name: EntityNumber] = [:]
  package private(set) var rows: [EntityNumber: StateRow] = [:]
  private var stagedRows: [EntityNumber: StateRow] = [:]
  private var subtreeRoots: [UInt64: Digest] = [:]
  private var values: [String: [UInt8]] = [:]
  private var storedHead: Head
  private var transactionCount: UInt64 = 0

  /// Empty tables: the tree holds the genesis leaf alone.
  package init(genesis: Digest) {
    var head = Head()
    _ = head.frontier.append(genesis)
    storedHead = head
  }

  package func head() throws(LogError) -> Head { storedHead }

  package func event(at position: Position) throws(LogError) -> Event? {
    guard let stored = stored(at: position) else { return nil }
    guard let envelope = EnvelopeView(stored.envelope.rawSpan)?.owned else {
      throw LogError(.corruption, "the record at position \(position) is damaged")
    }
    return Event(
      position: position, envelope: envelope,
      payload: stored.salted.map { Array($0.dropFirst(Salt.byteCount)) },
      isRedacted: stored.isRedacted)
  }

  private func stored(at position: Position) -> Stored? {
    guard position > .none, position.rawValue <= UInt64(records.count) else { return nil }
    return records[Int(position.rawValue) - 1]
  }

  package func scan(
    from first: Position, _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) {
    var position = max(first, Position(1))
    while let stored = stored(at: position) {
      guard let envelope = EnvelopeView(stored.envelope.rawSpan) else {
        throw LogError(.corruption, "the record at position \(position) is damaged")
      }
      let goesOn: Bool
      if let salted = stored.salted {
        goesOn = try body(
          position,
          RecordView(envelope: envelope, salted: salted.rawSpan, isRedacted: stored.isRedacted))
      } else {
        goesOn = try body(position, RecordView(envelope: envelope, salted: nil, isRedacted: false))
      }
      guard goesOn else { return }
      position = position.next
    }
  }

  package func entry(for key: DedupeKey) throws(LogError) -> DedupeEntry? { entries[key] }

  package func number(of name: Name) throws(LogError) -> EntityNumber? { numbers[name] }

  package func row(_ number: EntityNumber) throws(LogError) -> StateRow? { rows[number] }

  package func forEachName(
    prefix: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    let found = numbers.filter { $0.key.bytes.starts(with: prefix) }.sorted { $0.key < $1.key }
    for (name, number) in found where try !body(name, number) { return }
  }

  package func subtreeRoot(_ block: UInt64) throws(LogError) -> Digest? { subtreeRoots[block] }

  package func value(_ key: String) throws(LogError) -> [UInt8]? { values[key] }

  /// Begins the next transaction on a copy.
  mutating func begin() { transactionCount += 1 }

  package func transactionID() -> UInt64 { transactionCount }

  package mutating func append(_ record: EncodedRecord, at position: Position) throws(LogError) {
    guard position.rawValue == UInt64(records.count) + 1 else {
      throw LogError(.system, "position \(position) does not follow \(records.count)")
    }
    let salted = Array(record.bytes[record.envelopeByteCount...])
    records.append(Stored(envelope: record.envelope.copied, salted: salted))
  }

  package mutating func redactPayload(
    at position: Position, _ payload: [UInt8]
  ) throws(LogError) {
    guard var stored = stored(at: position) else {
      throw LogError(.system, "there is no record at position \(position)")
    }
    stored.salted = Salt.taken + payload
    stored.isRedacted = true
    records[Int(position.rawValue) - 1] = stored
  }

  package mutating func set(_ entry: DedupeEntry, for key: DedupeKey) throws(LogError) {
    entries[key] = entry
  }

  package mutating func set(_ number: EntityNumber, of name: Name) throws(LogError) {
    numbers[name] = number
  }

  package mutating func set(_ row: StateRow, _ number: EntityNumber) throws(LogError) {
    rows[number] = row
  }

  package mutating func stage(_ row: StateRow, _ number: EntityNumber) throws(LogError) {
    stagedRows[number] = row
  }

  package mutating func adoptStagedRows() throws(LogError) { swap(&rows, &stagedRows) }

  package mutating func removeRowsNotInForce(count: Int) throws(LogError) -> Bool {
    stagedRows = [:]
    return false
  }

  package mutating func set(subtreeRoot root: Digest, _ block: UInt64) throws(LogError) {
    subtreeRoots[block] = root
  }

  package mutating func set(_ head: Head) throws(LogError) { storedHead = head }

  package mutating func set(_ value: [UInt8]?, _ key: String) throws(LogError) {
    values[key] = value
  }
}

extension LogIdentity {
  /// The tree's first leaf, which binds the log's id.
  package var genesisLeaf: Digest {
    TreeHash.leaf(genesisEntry)
  }

  /// What the genesis leaf is the hash of.
  package var genesisEntry: [UInt8] { Array("uetlog/genesis/v1".utf8) + id.bytes }
}
