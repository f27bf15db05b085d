package import Bytes
package import Events
internal import LMDB

/// The tables besides the log itself, as far as an audit counts them.
package enum AuditedTable: Hashable, Sendable {
  case log, pieces, ids, names, rows, subtrees
}

extension ReadTables {
  /// How many entries a table says it has.
  package func entryCount(_ table: AuditedTable) throws(LogError) -> Int {
    let handle =
      switch table {
      case .log: handles.log
      case .pieces: handles.chunks
      case .ids: handles.ids
      case .names: handles.names
      case .rows: handles.state
      case .subtrees: handles.tree
      }
    do throws(LMDBError) { return try transaction.statistics(of: handle).entries } catch {
      throw LogError(error, doing: "counting entries")
    }
  }

  /// Visits entries of the id table from a key on: the stored key, and what it stands for (each
  /// nil when it can't be read).
  package func forEachEntry(
    from first: [UInt8],
    _ body: ([UInt8], DedupeKey?, DedupeEntry?) throws(LogError) -> Bool
  ) throws(LogError) {
    let doing = "walking the ids"
    var cursor = try transaction.walk(handles.ids, doing: doing)
    var entry = try cursor.start(at: first, doing: doing)
    var order = KeyOrder()
    while let found = entry {
      let bytes = found.key.copied
      try order.check(bytes, doing)
      guard try body(bytes, DedupeKey(bytes), DedupeEntry(found.value)) else { return }
      entry = try cursor.step(doing: doing)
    }
  }

  /// Visits all names; the number is nil when it can't be read.
  package func forEachStoredName(
    _ body: ([UInt8], EntityNumber?) throws(LogError) -> Bool
  ) throws(LogError) {
    let doing = "walking the names"
    var cursor = try transaction.walk(handles.names, doing: doing)
    var entry = try cursor.start(at: [], doing: doing)
    var order = KeyOrder()
    while let found = entry {
      try order.check(found.key.copied, doing)
      var reader = ByteReader(found.value)
      let number = EntityNumber(reader.integer(UInt64.self))
      let isWhole = !reader.failed && reader.remaining == 0
      guard try body(found.key.copied, isWhole ? number : nil) else { return }
      entry = try cursor.step(doing: doing)
    }
  }

  /// Visits all rows in force, in the order of their numbers, as they are stored.
  package func forEachStoredRow(
    _ body: (EntityNumber, RawSpan) throws(LogError) -> Bool
  ) throws(LogError) {
    let doing = "walking the rows"
    var cursor = try transaction.walk(handles.state, doing: doing)
    var entry = try cursor.start(at: generation.firstKey, doing: doing)
    var order = NumberOrder()
    while let found = entry, generation.has(found.integerKey) {
      try order.check(found.integerKey, doing)
      guard try body(generation.number(found.integerKey), found.value) else { return }
      entry = try cursor.step(doing: doing)
    }
  }

  /// Visits the stored roots of complete subtrees; a root is nil when it can't be read.
  package func forEachSubtreeRoot(
    _ body: (UInt64, Digest?) throws(LogError) -> Bool
  ) throws(LogError) {
    let doing = "walking the tree"
    var cursor = try transaction.walk(handles.tree, doing: doing)
    var entry = try cursor.start(at: 0, doing: doing)
    var order = NumberOrder()
    while let found = entry {
      try order.check(found.integerKey, doing)
      guard try body(found.integerKey, Digest(found.value)) else { return }
      entry = try cursor.step(doing: doing)
    }
  }

  /// Visits all small values: the key without its prefix, and the bytes.
  package func forEachStoredValue(_ body: (String, [UInt8]) -> Void) throws(LogError) {
    let doing = "walking the values"
    var cursor = try transaction.walk(handles.main, doing: doing)
    var entry = try cursor.start(at: MainKey.valuePrefix, doing: doing)
    while let found = entry {
      let key = found.key.copied
      guard key.starts(with: MainKey.valuePrefix) else { return }
      let name = String(decoding: key.dropFirst(MainKey.valuePrefix.count), as: UTF8.self)
      body(name, found.value.copied)
      entry = try cursor.step(doing: doing)
    }
  }

  /// The keys of the main table that no log has.
  package func unknownMainKeys() throws(LogError) -> [String] {
    let known = Set(["chunks", "ids", "log", "names", "state", "tree"].map { Array($0.utf8) })
      .union([MainKey.head, MainKey.format, MainKey.identity, MainKey.rows])
    let doing = "walking the main table"
    var unknown: [String] = []
    var cursor = try transaction.walk(handles.main, doing: doing)
    var entry = try cursor.start(at: [], doing: doing)
    var order = KeyOrder()
    while let found = entry {
      let key = found.key.copied
      try order.check(key, doing)
      if !known.contains(key), !key.starts(with: MainKey.valuePrefix) {
        unknown.append(String(decoding: key, as: UTF8.self))
      }
      entry = try cursor.step(doing: doing)
    }
    return unknown
  }
}

extension DedupeKey {
  /// Nil when the bytes are not a key of the id table.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 17 else { return nil }
    var reader = ByteReader(bytes.rawSpan)
    let kind = reader.integer(UInt8.self)
    let id = reader.ulid()
    switch kind {
    case 0: self = .event(id)
    case 1: self = .scoped(high: id.high, low: id.low)
    case 2: self = .payload(high: id.high, low: id.low)
    default: return nil
    }
  }
}
