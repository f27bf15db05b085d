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
    checkPayloadKeys(position, owned, payload, tables)
    if let target = owned.reverses {
      counts.reversals += 1
      let entry = try? tables.entry(for: .event(target))
      if entry.map({ $0.position >= position }) ?? true {
        report.find(
          .links, position, "position \(position) reverses \(target), which is no earlier event")
      }
    }
  }

  /// Checks that the event whose copy a `payload_sealed` keeps came before it, and is the one that
  /// its id and its payload say.
  mutating func checkSealedCopy(
    _ position: Position, _ envelope: Envelope, _ payload: [UInt8]?,
    _ tables: borrowing ReadTables
  ) {
    let subject = envelope.causationID
    let said = payload.map { Payload($0)?.text("event_id") } ?? subject?.description
    guard let subject, said == subject.description,
      SealedCopy.eventID(of: subject) == envelope.eventID,
      let entry = try? tables.entry(for: .event(subject)), entry.position < position
    else {
      return report.find(
        .links, position, "position \(position) is the sealed copy of no earlier event")
    }
  }

  /// Checks that what a payload has by itself is found: of what several may have, the first.
  private mutating func checkPayloadKeys(
    _ position: Position, _ envelope: Envelope, _ payload: [UInt8]?, _ tables: borrowing ReadTables
  ) {
    guard let payload, !envelope.flags.contains(.masked),
      let keys = preparer.payloadKeys(of: envelope, payload)
    else { return }
    for key in keys {
      counts.keys += 1
      let what = "\(key.what) of position \(position)"
      if key.kind == .content {
        let entry = try? tables.entry(for: key.key)
        if entry.map({ $0.position > position }) ?? true {
          report.find(.ids, position, "the \(what) is not in the table of ids")
        }
      } else {
        check(key.key, what, position, envelope, payload, tables)
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
    } else if !preparer.contents(of: envelope, payload).contains(entry.content) {
      report.find(.ids, position, "the \(what) has a digest of other content")
    }
  }
}

extension PayloadKey {
  /// How findings call it.
  fileprivate var what: String {
    switch kind {
    case .identity(let field): field
    case .answer: "request and content"
    case .content: "content"
    }
  }
}

extension Preparer {
  /// The keys that a stored payload has by itself; nil when its type is not known.
  fileprivate func payloadKeys(of envelope: Envelope, _ payload: [UInt8]) -> [PayloadKey]? {
    guard let definition = try? catalog.definition(envelope.type), let payload = Payload(payload)
    else { return nil }
    return payloadKeys(definition, payload)
  }
}

extension ReadTables {
  /// The payload of a record; nil when it is redacted or not what the record committed to.
  fileprivate func committedPayload(
    of position: Position, _ record: borrowing StoredRecord
  ) throws(LogError) -> [UInt8]? {
    guard let envelope = record.envelope,
      case .whole(let salted, _) = try storedPayload(of: position, record, envelope)
    else { return nil }
    var hasher = Hasher256()
    hasher.update(0x02)
    hasher.update(salted)
    guard hasher.finalize() == envelope.commitment else { return nil }
    return Array(salted.dropFirst(Salt.byteCount))
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
      case .payload where envelope.flags.contains(.masked): true
      case .payload:
        try tables.committedPayload(of: entry.position, record).map { payload in
          preparer.payloadKeys(of: envelope, payload)?.contains { $0.key == key } ?? false
        } ?? true
      }
    guard !isItsOwn else { return }
    report.find(
      .ids, entry.position,
      "an id or key leads to position \(entry.position), whose event does not have it")
  }
}
