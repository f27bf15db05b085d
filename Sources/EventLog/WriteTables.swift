package import Bytes
package import Events
package import LMDB

/// The tables inside the one write transaction.
package typealias WriteTables = Tables<WriteTransaction>

extension WriteTables {
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
  package func transactionID() -> UInt64 { transaction.id }

  package mutating func append(_ record: EncodedRecord, at position: Position) throws(LogError) {
    let isInline = record.bytes.count <= Pieces.inlineByteCountMax
    let front = isInline ? record.bytes.count : record.envelopeByteCount + Salt.byteCount
    // Not through `change`: a closure can't take spans along.
    do throws(LMDBError) {
      try transaction.put(
        handles.log, key: position.rawValue, value: record.bytes.rawSpan.extracting(..<front),
        append: true)
    } catch { throw LogError(error, doing: "storing an event") }
    if !isInline { try putPieces(Array(record.payload), position, append: true) }
  }

  package mutating func redactPayload(
    at position: Position, _ payload: [UInt8]
  ) throws(LogError) {
    var row = try envelope(at: position) + Salt.taken
    try removePieces(of: position)
    let isInline = row.count + payload.count <= Pieces.inlineByteCountMax
    if isInline { row += payload }
    try change("redacting a payload") { (tables) throws(LMDBError) in
      try tables.transaction.put(tables.handles.log, key: position.rawValue, value: row)
    }
    if !isInline { try putPieces(payload, position, append: false) }
  }

  private borrowing func envelope(at position: Position) throws(LogError) -> [UInt8] {
    let found = try transaction.value(
      handles.log, position.rawValue, doing: "reading position \(position)")
    guard let found, let envelope = EnvelopeView(found) else { throw Reading.damaged(position) }
    return envelope.bytes.copied
  }

  private mutating func removePieces(of position: Position) throws(LogError) {
    for piece in 0..<Pieces.countMax {
      let key = Pieces.key(position: position.rawValue, piece: piece)
      var wasThere = false
      try change("removing a payload") { (tables) throws(LMDBError) in
        wasThere = try tables.transaction.delete(tables.handles.chunks, key: key)
      }
      guard wasThere else { return }
    }
  }

  private mutating func putPieces(
    _ payload: [UInt8], _ position: Position, append: Bool
  ) throws(LogError) {
    var start = 0
    var piece: UInt64 = 0
    while start < payload.count {
      let end = start + Pieces.next(payload.count - start)
      let key = Pieces.key(position: position.rawValue, piece: piece)
      try change("storing a payload") { (tables) throws(LMDBError) in
        try tables.transaction.put(
          tables.handles.chunks, key: key, value: payload.rawSpan.extracting(start..<end),
          append: append)
      }
      start = end
      piece += 1
    }
  }

  package mutating func set(_ entry: DedupeEntry, for key: DedupeKey) throws(LogError) {
    let key = key.bytes
    let words = entry.words
    do throws(LMDBError) {
      try transaction.put(
        handles.ids, key: unsafe key.span.bytes, value: unsafe words.span.bytes)
    } catch { throw LogError(error, doing: "storing an id") }
  }

  package mutating func set(_ number: EntityNumber, of name: Name) throws(LogError) {
    var value: [UInt8] = []
    value.append(littleEndian: number.rawValue)
    try change("storing a name") { (tables) throws(LMDBError) in
      try tables.transaction.put(tables.handles.names, key: name.bytes, value: value)
    }
  }

  package mutating func set(_ row: StateRow, _ number: EntityNumber) throws(LogError) {
    try put(row, number, generation)
  }

  package mutating func stage(_ row: StateRow, _ number: EntityNumber) throws(LogError) {
    try put(row, number, generation.other)
  }

  private mutating func put(
    _ row: StateRow, _ number: EntityNumber, _ generation: RowGeneration
  ) throws(LogError) {
    guard let key = generation.key(number) else {
      throw LogError(.system, "\(number.rawValue) is no number of a row")
    }
    try change("storing a row") { (tables) throws(LMDBError) in
      try tables.transaction.put(tables.handles.state, key: key, value: row.encoded)
    }
  }

  package mutating func adoptStagedRows() throws(LogError) {
    generation = generation.other
    try setMain(MainKey.rows, generation.encoded)
  }

  package mutating func removeRowsNotInForce(count: Int) throws(LogError) -> Bool {
    let keys = try keys(of: generation.other, countMax: count)
    for key in keys {
      try change("removing a row") { (tables) throws(LMDBError) in
        try tables.transaction.delete(tables.handles.state, key: key)
      }
    }
    return keys.count == count && count > 0
  }

  private borrowing func keys(
    of generation: RowGeneration, countMax: Int
  ) throws(LogError) -> [UInt64] {
    let doing = "listing rows"
    var keys: [UInt64] = []
    var cursor = try transaction.walk(handles.state, doing: doing)
    var entry = try cursor.start(at: generation.firstKey, doing: doing)
    while let found = entry, keys.count < countMax, generation.has(found.integerKey) {
      keys.append(found.integerKey)
      entry = try cursor.step(doing: doing)
    }
    return keys
  }

  package mutating func set(subtreeRoot root: Digest, _ block: UInt64) throws(LogError) {
    try change("storing a tree node") { (tables) throws(LMDBError) in
      try tables.transaction.put(tables.handles.tree, key: block, value: root.bytes)
    }
  }

  package mutating func set(_ head: Head) throws(LogError) {
    try setMain(MainKey.head, head.encoded)
  }

  package mutating func set(_ value: [UInt8]?, _ key: String) throws(LogError) {
    try setMain(MainKey.value(key), value)
  }

  mutating func setMain(_ key: [UInt8], _ value: [UInt8]?) throws(LogError) {
    try change("storing a value") { (tables) throws(LMDBError) in
      if let value {
        try tables.transaction.put(tables.handles.main, key: key, value: value)
      } else {
        try tables.transaction.delete(tables.handles.main, key: key)
      }
    }
  }

  private mutating func change(
    _ doing: String, _ body: (inout WriteTables) throws(LMDBError) -> Void
  ) throws(LogError) {
    do throws(LMDBError) { try body(&self) } catch { throw LogError(error, doing: doing) }
  }
}
