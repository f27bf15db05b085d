internal import Bytes
internal import EventLog
internal import Events
internal import Merkle

extension LogAudit {
  /// What can only be said when all records have been read: about the tables as a whole, in the
  /// snapshot of the last stretch.
  mutating func close(_ tables: borrowing ReadTables, _ head: Head?) throws(LogError) {
    closeStructure(tables, head)
    closePayloads(tables)
    closeTree(tables, head)
    if let head, head.position.rawValue == next.rawValue - 1, head.recordedAt != recordedAt {
      report.find(.links, head.position, "the head has another time than the last event")
    }
    report.end(
      .links,
      "\(streams.count) streams, \(runs.count) runs, \(counts.reversals) reversals, times never fall"
    )
    let layouts = closeValues(tables)
    closeDeep()
    try closeNames(tables)
    try closeRows(tables, layouts)
    closeOutside(head)
  }

  private mutating func closeStructure(_ tables: borrowing ReadTables, _ head: Head?) {
    if let head, head.position >= next {
      let first = next
      report.find(
        .structure, first, through: head.position == first ? nil : head.position,
        "the log ends at position \(first.rawValue - 1) but its head is at \(head.position)")
      breakFold("the events from position \(first) on are missing")
      miss(first, head.position, tables)
    }
    do throws(LogError) {
      let entries = try tables.entryCount(.log)
      if entries != counts.records, unreadable.isEmpty {
        report.find(
          .structure, nil, "the log table counts \(entries) records, \(counts.records) are there")
      }
      for key in try tables.unknownMainKeys() {
        report.find(.structure, nil, "the main table has an unknown entry \"\(key)\"")
      }
    } catch {
      report.find(.structure, nil, error.message)
    }
    report.end(.structure, "\(counts.records) events, positions dense 1…\(next.rawValue - 1)")
  }

  private func closePayloads(_ tables: borrowing ReadTables) {
    for (position, message) in redactions.findings(unreadable) {
      report.find(.payloads, position, message)
    }
    if let pieces = try? tables.entryCount(.pieces), pieces != counts.pieces, unreadable.isEmpty {
      report.find(
        .payloads, nil, "there are \(pieces) pieces of payloads, of which \(counts.pieces) are used"
      )
    }
    report.end(.payloads, "\(counts.payloads) as committed to, \(redactions.figures)")
  }

  private func closeNames(_ tables: borrowing ReadTables) throws(LogError) {
    if let foldEnd { return report.skip(.names, foldEnd) }
    let expected = folder.names
    var seen = 0
    do throws(LogError) {
      try tables.forEachStoredName { (bytes, number) throws(LogError) in
        let name = Name(stored: bytes)
        guard let wanted = expected[name] else {
          report.find(.names, number?.origin, "the name \(name) is in no event")
          return true
        }
        seen += 1
        if number != wanted {
          report.find(
            .names, wanted.origin,
            "the name \(name) has number \(number?.rawValue ?? 0) instead of \(wanted.rawValue)")
        }
        return true
      }
      if seen < expected.count {
        for (name, number) in expected.sorted(by: { $0.value < $1.value }) {
          if case .some = try? tables.number(of: name) { continue }
          report.find(.names, number.origin, "the name \(name) is missing")
        }
      }
    } catch {
      report.find(.names, nil, error.message)
    }
    report.end(.names, "\(seen) names with the numbers that the fold gives")
  }

  private func closeRows(
    _ tables: borrowing ReadTables, _ layouts: ViewLayouts?
  ) throws(LogError) {
    if let foldEnd { return report.skip(.views, foldEnd) }
    if let layouts, layouts != .current, rowsHave(layouts, tables) {
      return report.skip(
        .views, "another version of uetlog folded the rows; `uetlog project --rebuild` does it anew"
      )
    }
    let expected = folder.rows
    var seen: Set<EntityNumber> = []
    do throws(LogError) {
      try tables.forEachStoredRow { (number, bytes) throws(LogError) in
        guard let row = expected[number] else {
          report.find(
            .views, number.origin, "no name has number \(number.rawValue), which has a row")
          return true
        }
        seen.insert(number)
        if bytes.copied != row.encoded {
          report.find(
            .views, row.last == .none ? number.origin : row.last,
            "the row of \(name(of: number)) is not what the fold gives")
        }
        return true
      }
      for number in expected.keys.sorted() where !seen.contains(number) {
        report.find(.views, number.origin, "the row of \(name(of: number)) is missing")
      }
    } catch {
      report.find(.views, nil, error.message)
    }
    report.end(.views, "\(seen.count) rows equal the fold at position \(folder.position)")
  }

  private func name(of number: EntityNumber) -> String {
    folder.names.first { $0.value == number }?.key.description ?? "number \(number.rawValue)"
  }
}
