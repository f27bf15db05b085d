internal import Bytes
internal import EventLog
internal import Events
internal import Merkle
internal import Pipeline

extension LogAudit {
  /// Checks one row of the log table.
  mutating func check(
    _ position: Position, _ record: borrowing StoredRecord, _ tables: borrowing ReadTables
  ) throws(LogError) {
    guard position >= next else {
      report.find(.structure, position, "there is a record at position \(position)")
      return
    }
    if position > next {
      let last = position.previous
      report.find(
        .structure, next, through: last == next ? nil : last,
        last == next
          ? "there is no record at position \(next)"
          : "there are no records at positions \(next) to \(last)")
      breakFold("the event at position \(next) is missing")
      miss(next, last, tables)
    }
    next = position.next
    counts.records += 1
    guard let envelope = record.envelope else {
      report.find(.structure, position, "the record at position \(position) can't be read")
      breakFold("the event at position \(position) can't be read")
      unreadable.insert(position)
      tree.skipLeaf(report, tables)
      return
    }
    let (payload, isRedacted) = try checkPayload(position, record, envelope, tables)
    // Seals, ids and keys are of what was committed to.
    let committed = isRedacted ? nil : payload
    if envelope.has(SealCounts.type, at: envelope.typeRange) { checkSeal(position, committed) }
    if let committed, envelope.has(RedactionAudit.type, at: envelope.typeRange) {
      redactions.note(committed, by: position)
    }
    let leaf = TreeHash.leaf(envelope.bytes)
    tree.append(leaf, report, tables)
    checkReceipts(position, leaf, envelope.eventID)
    checkLinks(position, envelope)
    checkIDs(position, envelope, committed, tables)
    if envelope.has(SealedCopy.type, at: envelope.typeRange) {
      checkSealedCopy(position, envelope.owned, committed, tables)
    }
    if let payload {
      try checkSchema(position, envelope, payload, tables)
    } else {
      deep?.omittedSchemas[isRedacted ? .redacted : .damaged] += 1
    }
    try fold(position, envelope, payload, tables)
  }

  /// - Returns: the payload when it is what was written, or took the place of that.
  private mutating func checkPayload(
    _ position: Position, _ record: borrowing StoredRecord, _ envelope: borrowing EnvelopeView,
    _ tables: borrowing ReadTables
  ) throws(LogError) -> (payload: [UInt8]?, isRedacted: Bool) {
    switch try tables.storedPayload(of: position, record, envelope) {
    case .whole(let salted, let pieces):
      counts.pieces += pieces
      counts.payloads += 1
      var hasher = Hasher256()
      hasher.update(0x02)
      hasher.update(salted)
      guard hasher.finalize() == envelope.commitment else {
        report.find(
          .payloads, position,
          "the payload or salt at position \(position) is not what its commitment says")
        breakFold("the payload at position \(position) is damaged")
        redactions.unreadable.insert(position)
        return (nil, false)
      }
      return (Array(salted.dropFirst(Salt.byteCount)), false)
    case .redacted(let payload, let pieces):
      counts.pieces += pieces
      redactions.replaced[position] = Digest.sha256(of: payload)
      guard Payload(payload) != nil else {
        report.find(
          .payloads, position, "what took the payload's place at position \(position) is not JSON")
        breakFold("the payload at position \(position) is damaged")
        return (nil, true)
      }
      return (payload, true)
    case .gone:
      redactions.gone.insert(position)
      return (nil, true)
    case .incomplete(let found, let wanted, let pieces):
      counts.pieces += pieces
      report.find(
        .payloads, position,
        "the payload at position \(position) has \(found) bytes instead of \(wanted)")
      breakFold("the payload at position \(position) is damaged")
      redactions.unreadable.insert(position)
      return (nil, false)
    }
  }

  private mutating func checkLinks(_ position: Position, _ envelope: borrowing EnvelopeView) {
    let name = envelope.text(envelope.streamRange)
    let known = streams[name] ?? (revision: 0, last: .none)
    // After a record that can't be read its successors can't be judged by it.
    if !unreadable.contains(envelope.previousInStream) {
      if envelope.previousInStream != known.last {
        report.find(
          .links, position,
          "position \(position) names \(envelope.previousInStream) as its predecessor in \(Name(stored: name)), which is \(known.last)"
        )
      }
      if envelope.revision != known.revision &+ 1 {
        report.find(
          .links, position,
          "position \(position) is revision \(envelope.revision) of \(Name(stored: name)) after \(known.revision)"
        )
      }
    }
    streams[name] = (envelope.revision, position)
    if let run = envelope.runID {
      let last = runs[run] ?? .none
      if envelope.previousInRun != last, !unreadable.contains(envelope.previousInRun) {
        report.find(
          .links, position,
          "position \(position) names \(envelope.previousInRun) as its predecessor in run \(run), which is \(last)"
        )
      }
      runs[run] = position
    } else if envelope.previousInRun != .none {
      report.find(.links, position, "position \(position) has a predecessor in a run but no run")
    }
    if envelope.recordedAt < recordedAt {
      report.find(.links, position, "position \(position) was recorded before its predecessor")
    }
    recordedAt = max(recordedAt, envelope.recordedAt)
  }

  private mutating func fold(
    _ position: Position, _ envelope: borrowing EnvelopeView, _ payload: [UInt8]?,
    _ tables: borrowing ReadTables
  ) throws(LogError) {
    let type = envelope.string(envelope.typeRange)
    noteRegistration(position, type, payload)
    guard foldEnd == nil else {
      deep?.omittedDecisions[.damaged] += 1
      return
    }
    do throws(LogError) {
      if let payload {
        try decideAgain(position, envelope, tables)
        try folder.take(envelope, payload.rawSpan, at: position, from: tables)
      } else {
        deep?.omittedDecisions[.redacted] += 1
        try folder.take(envelope, nil, at: position, from: tables)
      }
    } catch {
      report.find(.views, position, "position \(position) can't be folded: \(error.message)")
      breakFold("the fold ended at position \(position)")
    }
  }
}
