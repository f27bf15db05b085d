internal import Bytes
internal import EventLog
internal import Events
internal import Pipeline

extension LogAudit {
  /// Checks that a record's id and key are found, and with what the record has.
  mutating func checkIDs(
    _ position: Position, _ envelope: borrowing EnvelopeView, _ payload: [UInt8]?,
    _ tables: borrowing ReadTables
  ) {
    let owned = envelope.owned
    check(.event(owned.eventID), "id \(owned.eventID)", position, owned, payload, tables)
    if let key = owned.key {
      counts.keys += 1
      check(
        preparer.scopedKey(key, owned), "key of position \(position)", position, owned, payload,
        tables)
    }
    if let target = owned.reverses {
      counts.reversals += 1
      let entry = try? tables.entry(for: .event(target))
      if entry.map({ $0.position >= position }) ?? true {
        report.find(
          .links, position, "position \(position) reverses \(target), which is no earlier event")
      }
    }
  }

  private mutating func check(
    _ key: DedupeKey, _ what: String, _ position: Position, _ envelope: Envelope,
    _ payload: [UInt8]?, _ tables: borrowing ReadTables
  ) {
    let entry: DedupeEntry?
    do throws(LogError) { entry = try tables.entry(for: key) } catch {
      report.find(.ids, position, "the entry of \(what) can't be read: \(error.message)")
      return
    }
    guard let entry else {
      report.find(.ids, position, "the \(what) is not in the table of ids")
      return
    }
    if entry.position != position {
      report.find(.ids, position, "the \(what) leads to position \(entry.position)")
    }
    guard let payload else { return }
    if envelope.flags.contains(.masked) {
      // The digest is over the tokens before masking, which are gone.
      counts.maskedContents += 1
    } else if !contents(of: envelope, payload).contains(entry.content) {
      report.find(.ids, position, "the \(what) has a digest of other content")
    }
  }

  /// The digests that the event's content may have been stored under.
  private func contents(of envelope: Envelope, _ payload: [UInt8]) -> [UInt128] {
    var stream = envelope.stream
    if envelope.type == EventType.event_reversed.name { stream = Name(stored: Array("log".utf8)) }
    var digests = [preparer.contentDigest(envelope.type, stream, payload)]
    if envelope.type == EventType.patch_created.name, let original = payload.withoutLedgerID {
      digests.append(preparer.contentDigest(envelope.type, stream, original))
    }
    return digests
  }
}

extension [UInt8] {
  /// The payload as it was offered, when the log put a ledger id in front of it.
  fileprivate var withoutLedgerID: [UInt8]? {
    let prefix = Array(#"{"ledger_id":""#.utf8)
    let end = prefix.count + 27
    guard starts(with: prefix), count > end, self[end - 1] == UInt8(ascii: "\"") else {
      return nil
    }
    let rest = self[end...]
    return Array("{".utf8) + (rest.first == UInt8(ascii: ",") ? rest.dropFirst() : rest)
  }
}

/// Walks the table of ids in stretches and looks for entries that no record has.
struct IDAudit: AuditUnit {
  let report: AuditReport
  let preparer: Preparer
  let unreadable: Set<Position>
  var nextKey: [UInt8] = []
  var entries = 0

  static let entryCountMax = 50_000

  /// Whether there is more to walk.
  mutating func run(_ tables: borrowing ReadTables) throws(LogError) -> Bool {
    var left = Self.entryCountMax
    var hasMore = false
    let first = nextKey
    try tables.forEachEntry(from: first) { (bytes, key, entry) throws(LogError) in
      guard left > 0 else {
        nextKey = bytes
        hasMore = true
        return false
      }
      left -= 1
      entries += 1
      guard let key, let entry else {
        report.find(.ids, entry?.position, "an entry of the table of ids can't be read")
        return true
      }
      try check(key, entry, tables)
      return true
    }
    report.tell(.progress(report.verification.head, of: report.verification.head))
    return hasMore
  }

  private func check(
    _ key: DedupeKey, _ entry: DedupeEntry, _ tables: borrowing ReadTables
  ) throws(LogError) {
    guard let record = try tables.storedRecord(at: entry.position) else {
      if unreadable.contains(entry.position) { return }
      report.find(
        .ids, entry.position, "an id or key leads to position \(entry.position), where nothing is")
      return
    }
    guard let envelope = record.envelope?.owned else { return }
    let isItsOwn =
      switch key {
      case .event(let id): id == envelope.eventID
      case .scoped: envelope.key.map { preparer.scopedKey($0, envelope) } == key
      }
    guard !isItsOwn else { return }
    report.find(
      .ids, entry.position,
      "an id or key leads to position \(entry.position), whose event does not have it")
  }
}
