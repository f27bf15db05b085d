internal import Bytes
internal import Events

extension AppendUnit {
  /// The receipt that the event at a position had, with those of its reactions: they stand right
  /// behind it, each behind its cause.
  ///
  /// - Parameter draft: what was offered; when what is stored was made of this very one, by
  ///   whomever, its receipt is no duplicate's.
  func receipt(
    of position: Position, for draft: PreparedDraft,
    in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt {
    // The event, a reaction to it, one to that: those to which more may belong.
    var open: [Receipt] = []
    var isDuplicate = true
    try tables.scan(from: position) { (place, record) throws(LogError) in
      let envelope = record.envelope
      if open.isEmpty {
        guard place == position else { return false }
        if mayBeStored, record.salt == draft.salt { isDuplicate = false }
      } else {
        guard envelope.flags.contains(.reaction), !envelope.flags.contains(.imported),
          let cause = open.lastIndex(where: { $0.eventID == envelope.causationID })
        else { return false }
        Self.close(&open, downTo: cause)
      }
      let text = envelope.text(envelope.streamRange)
      open.append(
        Receipt(
          position: place, eventID: envelope.eventID, stream: Name(stored: text),
          revision: envelope.revision, leaf: envelope.leaf, isDuplicate: isDuplicate,
          type: envelope.string(envelope.typeRange), flags: envelope.flags))
      // What follows from an event of an import came as an event of its own.
      return !envelope.flags.contains(.imported)
    }
    Self.close(&open, downTo: 0)
    guard let receipt = open.first else {
      throw LogError(.corruption, "no event at position \(position), which an id names")
    }
    return receipt
  }

  /// Gives all receipts behind an index to their causes.
  private static func close(_ open: inout [Receipt], downTo index: Int) {
    while open.count > index + 1 {
      let last = open.removeLast()
      open[open.count - 1].reactions.append(last)
    }
  }
}

extension RecordView {
  /// The salt; nil when it was taken away.
  fileprivate var salt: Salt? {
    guard !isRedacted, let salted else { return nil }
    var reader = ByteReader(salted)
    return Salt(high: reader.integer(UInt64.self), low: reader.integer(UInt64.self))
  }
}
