package import Bytes
package import Events
package import LMDB

/// The tables of a log as one transaction sees them.
package struct Tables<Access: Transaction & ~Copyable & ~Escapable>: ~Copyable, ~Escapable {
  var transaction: Access
  let handles: TableHandles
  var generation: RowGeneration
  /// A cursor that ids are looked up with, when many are.
  var idCursor: KeptCursor?

  @_lifetime(copy transaction)
  init(_ transaction: consuming Access, _ handles: TableHandles, _ generation: RowGeneration) {
    self.transaction = transaction
    self.handles = handles
    self.generation = generation
  }
}

/// The tables as one snapshot sees them.
package typealias ReadTables = Tables<ReadTransaction>

extension Tables: LogReader where Access: ~Copyable, Access: ~Escapable {
  package func head() throws(LogError) -> Head { try Reading.head(transaction, handles) }

  package func event(at position: Position) throws(LogError) -> Event? {
    try Reading.event(at: position, transaction, handles)
  }

  package func scan(
    from first: Position, _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) {
    _ = try Reading.scan(
      first...Position(.max), of: TypeFilter(), transaction, handles, body)
  }

  package func scan(
    _ positions: ClosedRange<Position>, of types: TypeFilter,
    _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    try Reading.scan(positions, of: types, transaction, handles, body)
  }

  package func entry(for key: DedupeKey) throws(LogError) -> DedupeEntry? {
    try Reading.entry(for: key, transaction, handles, through: idCursor)
  }

  package func number(of name: Name) throws(LogError) -> EntityNumber? {
    try Reading.number(of: name, transaction, handles)
  }

  package func nameCount() throws(LogError) -> Int {
    do throws(LMDBError) { return try transaction.statistics(of: handles.names).entries } catch {
      throw LogError(error, doing: "counting names")
    }
  }

  package func row(_ number: EntityNumber) throws(LogError) -> StateRow? {
    try Reading.row(number, generation, transaction, handles)
  }

  package func forEachName(
    prefix: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    try Reading.forEachName(prefix: prefix, from: prefix, transaction, handles, body)
  }

  package func forEachName(
    prefix: [UInt8], from first: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    try Reading.forEachName(prefix: prefix, from: first, transaction, handles, body)
  }

  package func subtreeRoot(_ block: UInt64) throws(LogError) -> Digest? {
    try Reading.subtreeRoot(block, transaction, handles)
  }

  package func value(_ key: String) throws(LogError) -> [UInt8]? {
    try Reading.main(MainKey.value(key), transaction, handles)
  }
}
