package import Bytes

/// A key of the table that makes appends idempotent.
package enum DedupeKey: Hashable, Sendable {
  case event(ULID)
  /// A digest of source, type and the caller's key.
  case scoped(high: UInt64, low: UInt64)
  /// A digest of what an event's payload has that no other event may have.
  case payload(high: UInt64, low: UInt64)
}

/// What an id or key stands for.
package struct DedupeEntry: Hashable, Sendable {
  package var position: Position
  /// A keyed digest of type, stream and payload tokens.
  package var content: UInt128

  package init(position: Position, content: UInt128) {
    self.position = position
    self.content = content
  }
}

/// A consistent view of a log's tables.
///
/// A thrown error means damage or trouble; nil means that there is no such thing.
package protocol LogReader: ~Copyable, ~Escapable {
  /// The log's end as of this view.
  borrowing func head() throws(LogError) -> Head
  /// The event at a position.
  borrowing func event(at position: Position) throws(LogError) -> Event?
  /// Visits stored records in order of position until `body` returns false: the envelope, the
  /// salt and payload bytes (nil when the payload is gone).
  borrowing func scan(
    from first: Position, _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError)
  /// Visits stored records of some types within a range, in order, until `body` returns false.
  ///
  /// - Returns: the last position that was looked at; the one before the range when there was none.
  borrowing func scan(
    _ positions: ClosedRange<Position>, of types: TypeFilter,
    _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) -> Position
  borrowing func entry(for key: DedupeKey) throws(LogError) -> DedupeEntry?
  borrowing func number(of name: Name) throws(LogError) -> EntityNumber?
  /// How many names there are, to make room for; the number is not checked.
  borrowing func nameCount() throws(LogError) -> Int
  borrowing func row(_ number: EntityNumber) throws(LogError) -> StateRow?
  /// Visits names that begin with `prefix`, in byte order, until `body` returns false.
  borrowing func forEachName(
    prefix: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError)
  /// Visits names that begin with `prefix` and are not before `first`, in byte order, until `body`
  /// returns false.
  borrowing func forEachName(
    prefix: [UInt8], from first: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError)
  /// The root of the complete subtree over leaves `block * 256 ..< (block + 1) * 256`.
  borrowing func subtreeRoot(_ block: UInt64) throws(LogError) -> Digest?
  /// A small value kept with the log.
  borrowing func value(_ key: String) throws(LogError) -> [UInt8]?
}

extension LogReader where Self: ~Copyable, Self: ~Escapable {
  /// A reader that can't say how many names there are gives room for none.
  package borrowing func nameCount() throws(LogError) -> Int { 0 }

  /// Decodes all records; a reader that has their bytes at hand does better.
  package borrowing func scan(
    _ positions: ClosedRange<Position>, of types: TypeFilter,
    _ body: (Position, borrowing RecordView) throws(LogError) -> Bool
  ) throws(LogError) -> Position {
    var seen = positions.lowerBound.previous
    try scan(from: positions.lowerBound) { (position, record) throws(LogError) in
      guard position <= positions.upperBound else { return false }
      seen = position
      return types.mayPass(record.envelope.bytes) ? try body(position, record) : true
    }
    return seen
  }

  /// Skips what is before `first`; a reader that can seek does better.
  package borrowing func forEachName(
    prefix: [UInt8], from first: [UInt8], _ body: (Name, EntityNumber) throws(LogError) -> Bool
  ) throws(LogError) {
    try forEachName(prefix: prefix) { (name, number) throws(LogError) in
      name.bytes.lexicographicallyPrecedes(first) ? true : try body(name, number)
    }
  }
}

/// The same, and changes that happen together or not at all.
package protocol LogWriter: LogReader, ~Copyable, ~Escapable {
  /// The number of this transaction: one more than that of the last one that was committed, by
  /// whomever.
  borrowing func transactionID() -> UInt64
  /// Stores a record at the position after the last one.
  mutating func append(_ record: EncodedRecord, at position: Position) throws(LogError)
  /// Puts other bytes in the place of a stored payload and takes its salt away; the envelope stays.
  mutating func redactPayload(at position: Position, _ payload: [UInt8]) throws(LogError)
  mutating func set(_ entry: DedupeEntry, for key: DedupeKey) throws(LogError)
  mutating func set(_ number: EntityNumber, of name: Name) throws(LogError)
  mutating func set(_ row: StateRow, _ number: EntityNumber) throws(LogError)
  mutating func set(subtreeRoot root: Digest, _ block: UInt64) throws(LogError)
  mutating func set(_ head: Head) throws(LogError)
  mutating func set(_ value: [UInt8]?, _ key: String) throws(LogError)
  /// Stores a row beside those in force, where nobody reads it until `adoptStagedRows`.
  mutating func stage(_ row: StateRow, _ number: EntityNumber) throws(LogError)
  /// Puts the staged rows in force, in place of all others.
  mutating func adoptStagedRows() throws(LogError)
  /// Removes at most `count` rows that are not in force, and tells whether there may be more.
  mutating func removeRowsNotInForce(count: Int) throws(LogError) -> Bool
}

/// A record on its way into the log: envelope, salt and payload, one after the other.
package struct EncodedRecord: Sendable {
  package private(set) var bytes: [UInt8]
  package private(set) var envelopeByteCount: Int

  /// Nil when a text of the envelope is too long for its field, or all are for a record.
  package init?(_ envelope: borrowing Envelope, _ salt: Salt, payload: ArraySlice<UInt8>) {
    guard var bytes = envelope.encoded(room: Salt.byteCount + payload.count) else { return nil }
    envelopeByteCount = bytes.count
    bytes.append(littleEndian: salt.high)
    bytes.append(littleEndian: salt.low)
    bytes += payload
    self.bytes = bytes
  }

  /// A record without bytes, to be filled by `take`.
  package init() {
    bytes = []
    envelopeByteCount = 0
  }

  /// Becomes another record with a stamp; the room for its bytes stays the same.
  package mutating func take(_ record: EncodedRecord, _ stamp: Envelope.Stamp) {
    bytes.removeAll(keepingCapacity: true)
    bytes += record.bytes
    envelopeByteCount = record.envelopeByteCount
    stamp.put(into: &bytes)
  }

  /// The envelope's bytes.
  package var envelope: RawSpan {
    @_lifetime(borrow self)
    get { bytes.rawSpan.extracting(..<envelopeByteCount) }
  }

  /// The payload's bytes.
  package var payload: ArraySlice<UInt8> { bytes[(envelopeByteCount + Salt.byteCount)...] }
}

/// A stored record, borrowed from the log.
package struct RecordView: ~Escapable {
  package let envelope: EnvelopeView
  /// The salt (16 bytes) and payload; nil when the payload is gone.
  package let salted: RawSpan?
  /// Whether the payload is one without the secrets of the one committed to: then its salt is none.
  package let isRedacted: Bool

  @_lifetime(copy envelope, copy salted)
  package init(envelope: EnvelopeView, salted: RawSpan?, isRedacted: Bool) {
    self.envelope = envelope
    self.salted = salted
    self.isRedacted = isRedacted
  }

  /// The payload's bytes in place; nil when it is gone.
  package var payloadBytes: RawSpan? {
    @_lifetime(copy self)
    get {
      guard let salted, salted.byteCount >= Salt.byteCount else { return nil }
      return salted.extracting(Salt.byteCount...)
    }
  }

  /// The payload's bytes; nil when it is gone.
  package var payload: [UInt8]? { payloadBytes?.copied }
}

/// Work inside one write transaction.
package protocol WriteUnit {
  associatedtype Output
  /// Everything is computed as if, and nothing is stored.
  var isDryRun: Bool { get }
  /// Whether it may use the room that the log keeps for a full disk; asked when the disk is full.
  var mayUseReserve: Bool { get }
  mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Output
}

extension WriteUnit {
  package var mayUseReserve: Bool { false }
}

/// Work on one consistent view.
package protocol ReadUnit {
  associatedtype Output
  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Output
}

/// A log that can be read and appended to.
///
/// Everything that decides or folds is written against this, so that the log on LMDB and the one in
/// memory run the same code.
package protocol EventLog: AnyObject, Sendable {
  /// What the genesis leaf binds.
  var identity: LogIdentity { get }
  /// Runs `unit` in one transaction: all of it is stored when this returns, none when it throws
  /// (but see `LogError.Code.outcomeUnknown`).
  ///
  /// - Parameter waitNanoseconds: how long to wait for other writers.
  func write<U: WriteUnit>(
    waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> U.Output
  func read<U: ReadUnit>(_ unit: inout U) throws(LogError) -> U.Output
  /// Goes on with the files that are there now, when others were put in their place.
  ///
  /// Writes do so by themselves; who reads for long asks now and then.
  ///
  /// - Returns: the epoch. It rises when the log is restored: the positions of another epoch may
  ///   be other events.
  func refresh() throws(LogError) -> UInt32
}

/// What makes a log this log and no other.
package struct LogIdentity: Hashable, Sendable {
  package var id: ULID
  /// Keys the digests of contents, so that they can't be guessed from outside.
  package var secret: Salt

  package init(id: ULID, secret: Salt) {
    self.id = id
    self.secret = secret
  }
}
