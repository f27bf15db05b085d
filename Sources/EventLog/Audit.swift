internal import Bytes
package import Events
internal import LMDB

/// Work on one consistent view that looks at the stored bytes themselves, to say which are wrong.
package protocol AuditUnit {
  associatedtype Output
  mutating func run(_ tables: borrowing ReadTables) throws(LogError) -> Output
}

/// The bytes of one row of the log table, whatever they are.
package struct StoredRecord: ~Escapable {
  /// All bytes of the row.
  package let bytes: RawSpan

  @_lifetime(copy bytes)
  init(bytes: RawSpan) { self.bytes = bytes }

  /// The envelope at the start; nil when it can't be read.
  package var envelope: EnvelopeView? {
    @_lifetime(copy self)
    get { EnvelopeView(bytes) }
  }
}

/// What is stored of a record's salt and payload.
package enum StoredPayload: Hashable, Sendable {
  /// Salt and payload.
  case whole([UInt8], pieces: Int)
  /// Nothing.
  case gone
  /// The bytes that took the payload's place; its salt was taken away.
  case redacted([UInt8], pieces: Int)
  /// The row ends too early, or pieces are missing: found and wanted payload bytes.
  case incomplete(found: Int, wanted: Int, pieces: Int)
}

extension ReadTables {
  /// Visits the rows of the log table from a position on, until `body` returns false.
  ///
  /// Damage in records is for `body` to find; an error is thrown when the table itself can't be
  /// walked.
  package func forEachStoredRecord(
    from first: Position, _ body: (Position, borrowing StoredRecord) throws(LogError) -> Bool
  ) throws(LogError) {
    let doing = "walking the log"
    var cursor = try transaction.walk(handles.log, doing: doing, prefetching: true)
    var entry = try cursor.start(at: first.rawValue, doing: doing)
    var order = NumberOrder()
    while let found = entry {
      try order.check(found.integerKey, doing)
      let position = Position(found.integerKey)
      guard try body(position, StoredRecord(bytes: found.value)) else { return }
      entry = try cursor.step(doing: doing)
    }
  }

  /// The salt and payload of a record as far as they are there.
  package func storedPayload(
    of position: Position, _ record: borrowing StoredRecord, _ envelope: borrowing EnvelopeView
  ) throws(LogError) -> StoredPayload {
    let rest = record.bytes.extracting(envelope.bytes.byteCount...)
    let wanted = envelope.payloadByteCount
    guard !rest.isEmpty else { return .gone }
    guard rest.byteCount >= Salt.byteCount else {
      return .incomplete(found: 0, wanted: wanted, pieces: 0)
    }
    let isRedacted = Reading.isRedacted(rest)
    guard rest.byteCount == Salt.byteCount, wanted > 0 else {
      if isRedacted { return .redacted(rest.extracting(Salt.byteCount...).copied, pieces: 0) }
      let found = rest.byteCount - Salt.byteCount
      return found == wanted
        ? .whole(rest.copied, pieces: 0)
        : .incomplete(found: found, wanted: wanted, pieces: 0)
    }
    var salted = rest.copied
    var pieces = 0
    let end = isRedacted ? Int.max : wanted
    while salted.count - Salt.byteCount < end, pieces < Int(Pieces.countMax) {
      let key = Pieces.key(position: position.rawValue, piece: UInt64(pieces))
      guard let piece = try transaction.value(handles.chunks, key, doing: "reading a payload")
      else { break }
      salted += piece.copied
      pieces += 1
    }
    if isRedacted { return .redacted(Array(salted.dropFirst(Salt.byteCount)), pieces: pieces) }
    let found = salted.count - Salt.byteCount
    return found == wanted
      ? .whole(salted, pieces: pieces)
      : .incomplete(found: found, wanted: wanted, pieces: pieces)
  }
}

extension ReadTables {
  /// One row of the log table; nil when there is none.
  @_lifetime(borrow self)
  package func storedRecord(at position: Position) throws(LogError) -> StoredRecord? {
    let found = try transaction.value(handles.log, position.rawValue, doing: "reading the log")
    guard let found else { return nil }
    return StoredRecord(bytes: found)
  }
}
