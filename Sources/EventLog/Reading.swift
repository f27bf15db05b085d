internal import Bytes
internal import Events
internal import LMDB

/// Reads the tables of a log through any transaction.
enum Reading {
  static func head(
    _ transaction: borrowing some Transaction & ~Copyable & ~Escapable, _ tables: TableHandles
  ) throws(LogError) -> Head {
    guard let bytes = try main(MainKey.head, transaction, tables), let head = Head(bytes) else {
      throw LogError(
        .corruption, "the log has no readable head", hint: "Run `uetlog verify`")
    }
    return head
  }

  static func main(
    _ key: [UInt8], _ transaction: borrowing some Transaction & ~Copyable & ~Escapable,
    _ tables: TableHandles
  ) throws(LogError) -> [UInt8]? {
    try transaction.value(tables.main, key, doing: "reading the main table")?.copied
  }

  static func event(
    at position: Position, _ transaction: borrowing some Transaction & ~Copyable & ~Escapable,
    _ tables: TableHandles
  ) throws(LogError) -> Event? {
    let found = try transaction.value(
      tables.log, position.rawValue, doing: "reading position \(position)")
    guard let found else { return nil }
    guard let envelope = EnvelopeView(found) else { throw damaged(position) }
    let rest = found.extracting(envelope.bytes.byteCount...)
    let isRedacted = isRedacted(rest)
    var payload: [UInt8]?
    if isInPieces(rest, envelope) {
      payload = try pieces(
        of: position, isRedacted ? nil : envelope.payloadByteCount, transaction, tables)
    } else if rest.byteCount >= Salt.byteCount {
      payload = rest.extracting(Salt.byteCount...).copied
    }
    return Event(
      position: position, envelope: envelope.owned, payload: payload, isRedacted: isRedacted)
  }

  /// - Returns: the last position that was looked at; the one before the range when there was none.
  static func scan(
    _ positions: ClosedRange<Position>, of types: TypeFilter,
    _ transaction: borrowing some Transaction & ~Copyable & ~Escapable, _ tables: TableHandles,
    _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    let doing = "reading the log"
    var cursor = try transaction.walk(tables.log, doing: doing, prefetching: true)
    var seen = positions.lowerBound.previous
    var entry = try cursor.start(at: max(positions.lowerBound.rawValue, 1), doing: doing)
    while let found = entry {
      let position = Position(found.integerKey)
      guard position <= positions.upperBound else { break }
      seen = position
      if types.mayPass(found.value) {
        guard try visit(found.value, position, transaction, tables, body) else { break }
      }
      entry = try cursor.step(doing: doing)
    }
    return seen
  }

  private static func visit(
    _ bytes: RawSpan, _ position: Position,
    _ transaction: borrowing some Transaction & ~Copyable & ~Escapable, _ tables: TableHandles,
    _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) -> Bool {
    guard let envelope = EnvelopeView(bytes) else { throw damaged(position) }
    let rest = bytes.extracting(envelope.bytes.byteCount...)
    guard rest.byteCount >= Salt.byteCount else {
      return try body(position, RecordView(envelope: envelope, salted: nil, isRedacted: false))
    }
    let isRedacted = isRedacted(rest)
    guard isInPieces(rest, envelope) else {
      return try body(
        position, RecordView(envelope: envelope, salted: rest, isRedacted: isRedacted))
    }
    let salted =
      rest.copied
      + (try pieces(
        of: position, isRedacted ? nil : envelope.payloadByteCount, transaction, tables))
    return try body(
      position, RecordView(envelope: envelope, salted: salted.rawSpan, isRedacted: isRedacted))
  }

  /// Whether what stands behind an envelope has no salt: other bytes took the payload's place.
  static func isRedacted(_ rest: RawSpan) -> Bool {
    guard rest.byteCount >= Salt.byteCount else { return false }
    for index in 0..<Salt.byteCount
    where unsafe rest.unsafeLoad(fromByteOffset: index, as: UInt8.self) != 0 {
      return false
    }
    return true
  }

  private static func isInPieces(_ rest: RawSpan, _ envelope: borrowing EnvelopeView) -> Bool {
    rest.byteCount == Salt.byteCount && envelope.payloadByteCount > 0
  }

  /// - Parameter wanted: how many bytes there should be; nil for a redacted payload, which is as
  ///   long as its pieces.
  private static func pieces(
    of position: Position, _ wanted: Int?,
    _ transaction: borrowing some Transaction & ~Copyable & ~Escapable, _ tables: TableHandles
  ) throws(LogError) -> [UInt8] {
    var payload: [UInt8] = []
    // The length comes from the file: believe it only as far as there are pieces.
    payload.reserveCapacity(min(wanted ?? 0, 1 << 20))
    let end = wanted ?? Int.max
    var piece: UInt64 = 0
    while payload.count < end, piece < Pieces.countMax {
      let key = Pieces.key(position: position.rawValue, piece: piece)
      guard let bytes = try transaction.value(tables.chunks, key, doing: "reading a payload")
      else { break }
      unsafe bytes.withUnsafeBytes { unsafe payload.append(contentsOf: $0) }
      piece += 1
    }
    guard payload.count == wanted ?? payload.count else { throw damaged(position) }
    return payload
  }

  static func damaged(_ position: Position) -> LogError {
    LogError(
      .corruption, "the record at position \(position) is damaged", hint: "Run `uetlog verify`")
  }
}
