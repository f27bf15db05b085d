internal import Bytes
internal import Events
internal import LMDB

extension Reading {
  static func entry(
    for key: DedupeKey, _ transaction: borrowing some Transaction & ~Copyable & ~Escapable,
    _ tables: TableHandles, through cursor: KeptCursor? = nil
  ) throws(LogError) -> DedupeEntry? {
    let key = key.bytes
    let found = try transaction.value(
      tables.ids, unsafe key.span.bytes, through: cursor, doing: "looking an id up")
    guard let bytes = found else { return nil }
    guard let entry = DedupeEntry(bytes) else {
      throw LogError(.corruption, "an entry of the id table is damaged")
    }
    return entry
  }

  static func number(
    of name: Name, _ transaction: borrowing some Transaction & ~Copyable & ~Escapable,
    _ tables: TableHandles
  ) throws(LogError) -> EntityNumber? {
    let found = try transaction.value(tables.names, name.bytes, doing: "looking a name up")
    guard let found else { return nil }
    return try number(found)
  }

  static func number(_ bytes: RawSpan) throws(LogError) -> EntityNumber {
    var reader = ByteReader(bytes)
    let number = EntityNumber(reader.integer(UInt64.self))
    guard !reader.failed, reader.remaining == 0 else {
      throw LogError(.corruption, "an entry of the name table is damaged")
    }
    return number
  }

  static func row(
    _ number: EntityNumber, _ generation: RowGeneration,
    _ transaction: borrowing some Transaction & ~Copyable & ~Escapable, _ tables: TableHandles
  ) throws(LogError) -> StateRow? {
    guard let key = generation.key(number) else { return nil }
    let found = try transaction.value(tables.state, key, doing: "reading a row")
    guard let bytes = found else { return nil }
    guard let row = StateRow(bytes) else {
      throw LogError(.corruption, "the row of number \(number.rawValue) is damaged")
    }
    return row
  }

  static func forEachName(
    prefix: [UInt8], from first: [UInt8],
    _ transaction: borrowing some Transaction & ~Copyable & ~Escapable,
    _ tables: TableHandles, _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    let doing = "listing names"
    var cursor = try transaction.walk(tables.names, doing: doing)
    var entry = try cursor.start(
      at: first.lexicographicallyPrecedes(prefix) ? prefix : first, doing: doing)
    while let found = entry {
      let bytes = found.key.copied
      guard bytes.starts(with: prefix) else { return }
      guard try body(Name(stored: bytes), try number(found.value)) else { return }
      entry = try cursor.step(doing: doing)
    }
  }

  static func subtreeRoot(
    _ block: UInt64, _ transaction: borrowing some Transaction & ~Copyable & ~Escapable,
    _ tables: TableHandles
  ) throws(LogError) -> Digest? {
    let found = try transaction.value(tables.tree, block, doing: "reading the tree")
    guard let bytes = found else { return nil }
    guard let digest = Digest(bytes) else {
      throw LogError(.corruption, "the tree node of block \(block) is damaged")
    }
    return digest
  }
}

extension DedupeKey {
  /// Seventeen bytes: which kind of key, and the key, big-endian.
  var bytes: InlineArray<17, UInt8> {
    switch self {
    case .event(let id): Self.bytes(0, id.high, id.low)
    case .scoped(let high, let low): Self.bytes(1, high, low)
    case .payload(let high, let low): Self.bytes(2, high, low)
    }
  }

  private static func bytes(
    _ kind: UInt8, _ high: UInt64, _ low: UInt64
  ) -> InlineArray<17, UInt8> {
    var bytes = InlineArray<17, UInt8>(repeating: kind)
    for place in 0..<8 {
      let shift = UInt64(56 - 8 * place)
      bytes[1 + place] = UInt8(truncatingIfNeeded: high >> shift)
      bytes[9 + place] = UInt8(truncatingIfNeeded: low >> shift)
    }
    return bytes
  }
}

extension DedupeEntry {
  /// Position and content digest, little-endian.
  var words: InlineArray<3, UInt64> {
    [
      position.rawValue.littleEndian, UInt64(truncatingIfNeeded: content).littleEndian,
      UInt64(truncatingIfNeeded: content >> 64).littleEndian,
    ]
  }

  init?(_ bytes: RawSpan) {
    var reader = ByteReader(bytes)
    self.init(
      position: Position(reader.integer(UInt64.self)), content: reader.integer(UInt128.self))
    guard !reader.failed, reader.remaining == 0 else { return nil }
  }
}
