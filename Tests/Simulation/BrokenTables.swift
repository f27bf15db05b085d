internal import Bytes
internal import Events
internal import Merkle
internal import Pipeline

/// Tables in memory that are broken in one way.
struct BrokenTables: LogWriter, Sendable {
  private(set) var base: MemoryTables
  private let breakage: Breakage
  var transactions: UInt64 = 0
  private var entryCount = 0
  private var rowCount = 0

  init(_ base: MemoryTables, _ breakage: Breakage) {
    self.base = base
    self.breakage = breakage
  }

  func head() throws(LogError) -> Head { try base.head() }

  func event(at position: Position) throws(LogError) -> Event? { try base.event(at: position) }

  func scan(
    from first: Position, _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) {
    let missed = breakage == .eventMissedByFold ? Position(17) : .none
    try base.scan(from: first) { (position, record) throws(LogError) in
      position == missed ? true : try body(position, record)
    }
  }

  func entry(for key: DedupeKey) throws(LogError) -> DedupeEntry? { try base.entry(for: key) }

  func number(of name: Name) throws(LogError) -> EntityNumber? { try base.number(of: name) }

  func row(_ number: EntityNumber) throws(LogError) -> StateRow? { try base.row(number) }

  func forEachName(
    prefix: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) { try base.forEachName(prefix: prefix, body) }

  func subtreeRoot(_ block: UInt64) throws(LogError) -> Digest? { try base.subtreeRoot(block) }

  func value(_ key: String) throws(LogError) -> [UInt8]? { try base.value(key) }

  func transactionID() -> UInt64 { transactions }

  mutating func append(_ record: EncodedRecord, at position: Position) throws(LogError) {
    try base.append(record, at: position)
  }

  mutating func redactPayload(at position: Position, _ payload: [UInt8]) throws(LogError) {
    if breakage == .keptSecret { return }
    try base.redactPayload(at: position, payload)
  }

  mutating func set(_ entry: DedupeEntry, for key: DedupeKey) throws(LogError) {
    entryCount += 1
    if breakage == .forgottenID, entryCount % 5 == 0 { return }
    try base.set(entry, for: key)
  }

  mutating func set(_ number: EntityNumber, of name: Name) throws(LogError) {
    try base.set(number, of: name)
  }

  mutating func set(_ row: StateRow, _ number: EntityNumber) throws(LogError) {
    rowCount += 1
    let old = try base.row(number)
    var row = row
    switch breakage {
    case .doubledSum where row.category == Category.budget.rawValue:
      if var budget = try decodeState(row) as? BudgetState {
        let before = try old.flatMap { old throws(LogError) in try decodeState(old) }
        let spentBefore = (before as? BudgetState)?.spentMicroUSD ?? 0
        budget.spentMicroUSD += budget.spentMicroUSD - spentBefore
        row.store(budget)
      }
    case .lostRow where rowCount % 9 == 0 && old != nil: return
    case .frozenState where row.category == Category.task.rawValue:
      if let old, !old.fields.isEmpty { row.fields = old.fields }
    default: break
    }
    try base.set(row, number)
  }

  mutating func set(subtreeRoot root: Digest, _ block: UInt64) throws(LogError) {
    try base.set(subtreeRoot: root, block)
  }

  mutating func set(_ head: Head) throws(LogError) {
    var head = head
    if breakage == .forgottenTime { head.recordedAt = Timestamp(nanoseconds: .min) }
    if breakage == .wrongLeaf, head.position == Position(30) {
      _ = head.frontier.append(Digest())
    }
    try base.set(head)
  }

  mutating func set(_ value: [UInt8]?, _ key: String) throws(LogError) { try base.set(value, key) }

  mutating func stage(_ row: StateRow, _ number: EntityNumber) throws(LogError) {
    try base.stage(row, number)
  }

  mutating func adoptStagedRows() throws(LogError) { try base.adoptStagedRows() }

  mutating func removeRowsNotInForce(count: Int) throws(LogError) -> Bool {
    try base.removeRowsNotInForce(count: count)
  }
}
