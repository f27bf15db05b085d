internal import Bytes
internal import Events
internal import LMDB

/// The tables of a log inside the one write transaction.
struct WriteTables: ~Copyable, ~Escapable {
  var transaction: WriteTransaction
  let handles: TableHandles
  var generation: RowGeneration
  private var idCursor: KeptCursor?

  @_lifetime(copy transaction)
  init(
    _ transaction: consuming WriteTransaction, _ handles: TableHandles, _ generation: RowGeneration
  ) {
    self.transaction = transaction
    self.handles = handles
    self.generation = generation
  }

  /// Keeps cursors in the tables that events are put into one after the other.
  mutating func keepCursors() throws(LogError) {
    do throws(LMDBError) {
      try transaction.keepCursor(in: handles.log)
      idCursor = try transaction.keepCursor(in: handles.ids)
      try transaction.keepCursor(in: handles.state)
    } catch { throw LogError(error, doing: "beginning to write") }
  }
}

extension WriteTables: LogWriter {
  func transactionID() -> UInt64 { transaction.id }

  func head() throws(LogError) -> Head { try Reading.head(transaction, handles) }

  func event(at position: Position) throws(LogError) -> Event? {
    try Reading.event(at: position, transaction, handles)
  }

  func scan(
    from first: Position, _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) {
    try Reading.scan(from: first, transaction, handles, body)
  }

  func entry(for key: DedupeKey) throws(LogError) -> DedupeEntry? {
    try Reading.entry(for: key, transaction, handles, through: idCursor)
  }

  func number(of name: Name) throws(LogError) -> EntityNumber? {
    try Reading.number(of: name, transaction, handles)
  }

  func row(_ number: EntityNumber) throws(LogError) -> StateRow? {
    try Reading.row(number, generation, transaction, handles)
  }

  func forEachName(
    prefix: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    try Reading.forEachName(prefix: prefix, from: prefix, transaction, handles, body)
  }

  func forEachName(
    prefix: [UInt8], from first: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    try Reading.forEachName(prefix: prefix, from: first, transaction, handles, body)
  }

  func subtreeRoot(_ block: UInt64) throws(LogError) -> Digest? {
    try Reading.subtreeRoot(block, transaction, handles)
  }

  func value(_ key: String) throws(LogError) -> [UInt8]? {
    try Reading.main(MainKey.value(key), transaction, handles)
  }
}
