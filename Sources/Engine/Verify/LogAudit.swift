internal import Bytes
internal import EventLog
internal import Events
internal import Evidence
internal import Merkle
internal import Pipeline

/// Reads a log from its first record to its last, in stretches, and checks each record against
/// all that is known of it; at the end, in one snapshot, what the tables say of the whole.
struct LogAudit: AuditUnit {
  let report: AuditReport
  let catalog: Catalog
  let identity: LogIdentity
  let preparer: Preparer
  /// What is known of the log from outside.
  let mark: HighWaterSlot.Mark?
  /// What is known of another copy of it.
  let other: HighWaterSlot.Mark?
  let epoch: UInt32
  /// What else is known of it.
  let evidence: OutsideEvidence
  /// Nil when only bytes are checked.
  var deep: DeepAudit?
  var seals = SealCounts()
  /// The receipts that are right.
  var matchedReceipts = 0

  /// The position that the next record should have.
  var next = Position(1)
  var tree: TreeAudit
  var folder: Folder
  /// Why the fold ended early.
  var foldEnd: String?
  /// Each stream's revision and last position, by name.
  var streams: [[UInt8]: (revision: UInt64, last: Position)] = [:]
  /// Each run's last position.
  var runs: [ULID: Position] = [:]
  var recordedAt = Timestamp(nanoseconds: .min)
  /// Records that can't be read: links to them are not judged.
  var unreadable: Set<Position> = []
  var counts = Counts()
  var redactions = RedactionAudit()
  /// The users' types that events registered, with the digests of their schemas.
  var registered: [String: Registration] = [:]

  /// What a `schema_registered` says, and whether an event of its type came after it.
  struct Registration {
    var position: Position
    var digest: String
    var isUsed = false
  }

  /// What was counted on the way.
  struct Counts {
    var records = 0
    var payloads = 0
    var pieces = 0
    var keys = 0
    var reversals = 0
    var maskedContents = 0
  }

  static let recordCountMax = 20_000
  static let byteCountMax = 32 << 20

  init(
    _ report: AuditReport, catalog: Catalog, rules: Rules, log: LMDBLog,
    evidence: OutsideEvidence, deep: DeepAudit?
  ) {
    self.report = report
    self.catalog = catalog
    identity = log.identity
    let mark = log.highWater?.known
    let other = log.highWater?.other
    self.mark = mark
    self.other = other
    epoch = log.format.epoch
    preparer = Preparer(
      catalog: catalog, identity: log.identity, settingsDigest: 0, clock: SystemClock(),
      entropy: SeededEntropy(seed: 0))
    folder = Folder(catalog: catalog, rules: rules, answersNames: deep != nil)
    self.deep = deep
    self.evidence = evidence
    let markSize = (mark ?? other).map { $0.position.next.rawValue }
    tree = TreeAudit(
      genesis: log.identity.genesisLeaf,
      sizes: evidence.checkpoints.map(\.checkpoint.size) + (markSize.map { [$0] } ?? []))
  }

  /// Reads a stretch, the last one the tables as well, and tells whether there is more to read.
  mutating func run(_ tables: borrowing ReadTables) throws(LogError) -> Bool {
    let head = readHead(tables)
    var left = Self.recordCountMax
    var bytes = 0
    var hasMore = false
    do throws(LogError) {
      try walk(tables) { (audit, position, record, tables) throws(LogError) in
        guard left > 0, bytes < Self.byteCountMax else {
          hasMore = true
          return false
        }
        left -= 1
        bytes += record.bytes.byteCount
        guard position <= head?.position ?? Position(.max - 1) else {
          audit.report.find(
            .structure, position, "there is a record at position \(position) after the head")
          return false
        }
        try audit.check(position, record, tables)
        return true
      }
    } catch {
      hasMore = skipDamage(error, head, tables)
    }
    report.tell(.progress(next.previous, of: head?.position ?? next))
    if !hasMore { try close(tables, head) }
    return hasMore
  }

  private mutating func walk(
    _ tables: borrowing ReadTables,
    _ body: (
      inout LogAudit, Position, borrowing StoredRecord, borrowing ReadTables
    ) throws(LogError) -> Bool
  ) throws(LogError) {
    let first = next == Position(1) ? Position.none : next
    try tables.forEachStoredRecord(from: first) { (position, record) throws(LogError) in
      try body(&self, position, record, tables)
    }
  }

  private func readHead(_ tables: borrowing ReadTables) -> Head? {
    do throws(LogError) { return try tables.head() } catch {
      if verificationHasNoHeadFinding { report.find(.structure, nil, error.message) }
      return nil
    }
  }

  private var verificationHasNoHeadFinding: Bool { next == Position(1) }

  /// After a page that can't be walked: goes on at the next position that can be looked up.
  ///
  /// - Returns: whether there is one.
  private mutating func skipDamage(
    _ error: LogError, _ head: Head?, _ tables: borrowing ReadTables
  ) -> Bool {
    let first = next
    let last = min(head?.position.rawValue ?? 0, first.rawValue &+ 65_536)
    var candidate = first.rawValue
    while candidate <= last {
      let position = Position(candidate)
      if let found = try? tables.hasRecord(at: position), found { break }
      candidate += 1
    }
    let resumed = candidate <= last
    let through = Position(resumed ? candidate - 1 : max(last, first.rawValue))
    report.find(.structure, first, through: through, error.message)
    breakFold("the records from position \(first) on can't be read")
    miss(first, through, tables)
    return resumed
  }

  /// Takes note of positions without a readable record.
  mutating func miss(
    _ first: Position, _ last: Position, _ tables: borrowing ReadTables
  ) {
    var position = first
    while position <= last {
      unreadable.insert(position)
      tree.skipLeaf(report, tables)
      position = position.next
      // A damaged head may name any number.
      if unreadable.count > 1 << 20 { break }
    }
    next = last.next
  }

  mutating func breakFold(_ reason: String) {
    if foldEnd == nil { foldEnd = reason }
  }
}

extension ReadTables {
  /// Whether the log table can be read at a position and has a row there.
  fileprivate func hasRecord(at position: Position) throws(LogError) -> Bool {
    var isThere = false
    try forEachStoredRecord(from: position) { (found, _) in
      isThere = found == position
      return false
    }
    return isThere
  }
}
