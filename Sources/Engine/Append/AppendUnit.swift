package import Bytes
package import Events
internal import Merkle
package import Pipeline

/// Stores many prepared drafts in one transaction: each decided on by itself, or all or none.
package struct AppendUnit: WriteUnit {
  /// What became of a draft.
  package typealias Outcome = Result<Receipt, LogError>

  private let drafts: [PreparedDraft]
  /// A refusal refuses all.
  private let isAtomic: Bool
  /// Nothing is stored.
  package let isDryRun: Bool
  private let clock: any TimeSource
  /// Makes the drafts of reactions.
  var preparer: Preparer
  var machine: StateMachine
  private var head = Head()

  package init(
    _ drafts: [PreparedDraft], isAtomic: Bool, isDryRun: Bool = false, preparer: Preparer,
    rules: Rules, clock: any TimeSource
  ) {
    self.drafts = drafts
    self.isAtomic = isAtomic
    self.isDryRun = isDryRun
    self.preparer = preparer
    self.clock = clock
    machine = StateMachine(rules: rules)
  }

  package mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> [Outcome] {
    head = try tables.head()
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(drafts.count)
    for draft in drafts {
      do throws(LogError) {
        outcomes.append(.success(try append(draft, to: &tables)))
      } catch {
        var located = error
        located.line = draft.line
        // Damage and trouble below concern all of the batch, a refusal only its draft.
        if isAtomic || !error.code.isRefusal { throw located }
        outcomes.append(.failure(located))
      }
    }
    try machine.cache.flush(to: &tables)
    try tables.set(head)
    return outcomes
  }

  /// Decides on one draft and stores it with all that follows from it.
  private mutating func append(
    _ draft: PreparedDraft, to tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt {
    if let first = try firstReceipt(of: draft, in: tables) { return first }
    var budget = Limits.reactionWidth
    return try append(draft, depth: 0, budget: &budget, to: &tables)
  }

  private mutating func append(
    _ draft: PreparedDraft, depth: Int, budget: inout Int,
    to tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt {
    var rows = try find(draft, in: tables)
    let decision = try decide(draft, rows, in: tables)
    try create(&rows, of: draft, in: &tables)
    // `create` leaves no stream without a row.
    guard let stream = rows.stream else { throw LogError(.system, "a stream has no row") }
    var envelope = draft.envelope
    envelope.flags.formUnion(decision.flags)
    envelope.verdict = decision.verdict
    let position = head.position.next
    var event = decision.event ?? domainEvent(draft, rows)
    let record = try finish(&envelope, draft, stream, rows.run)
    var receipt = try store(record, envelope, draft, at: position, in: &tables)

    event?.flags = envelope.flags
    event?.recordedAt = envelope.recordedAt
    event?.run = rows.run.map { machine.cache.number($0) } ?? .none
    event?.adds = adds(rows)
    let changes = try machine.take(
      StateMachine.Input(
        event: event, stream: stream, entity: rows.entity, run: rows.run,
        position: position, reversal: draft.reversal),
      from: tables)
    guard let event, !envelope.flags.contains(.imported), draft.reversal == nil,
      depth < Limits.reactionDepth
    else { return receipt }
    for (ordinal, reaction) in reactions(to: event, changes, decision.consulted).enumerated()
    where budget > 0 {
      budget -= 1
      guard let prepared = try? preparer.prepare(reaction, of: envelope, ordinal: ordinal) else {
        continue
      }
      // A reaction that is refused never refuses its cause.
      do throws(LogError) {
        // Its id follows from the cause: somebody may have used it before.
        guard try firstReceipt(of: prepared, in: tables) == nil else { continue }
        receipt.reactions.append(
          try append(prepared, depth: depth + 1, budget: &budget, to: &tables))
      } catch { if !error.code.isRefusal { throw error } }
    }
    return receipt
  }

  private func reactions(
    to event: DomainEvent, _ changes: [StateMachine.Change], _ consulted: Payload?
  ) -> [Reaction] {
    changes.flatMap { change -> [Reaction] in
      guard let name = change.name else { return [] }
      return change.after.reactions(
        before: change.before, event,
        ReactContext(name: name, rules: machine.rules, consulted: consulted))
    }
  }

  /// Fills in what only the log knows, and encodes the record.
  private func finish(
    _ envelope: inout Envelope, _ draft: PreparedDraft, _ stream: RowCache.Slot,
    _ run: RowCache.Slot?
  ) throws(LogError) -> EncodedRecord {
    envelope.revision = machine.cache.revision(stream) + 1
    envelope.previousInStream = machine.cache.last(stream)
    if let run, let state = machine.cache.state(run) as? RunState {
      envelope.previousInRun = state.lastInRun
    }
    envelope.recordedAt = max(clock.now(), head.recordedAt)
    guard let bytes = envelope.encoded() else {
      throw LogError(.badInput, "a text of the event is over 255 bytes")
    }
    return EncodedRecord(envelope: bytes, salt: draft.salt, payload: draft.payloadBytes)
  }

  private mutating func store(
    _ record: EncodedRecord, _ envelope: Envelope, _ draft: PreparedDraft, at position: Position,
    in tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt {
    try tables.append(record, at: position)
    let entry = DedupeEntry(position: position, content: draft.content)
    try tables.set(entry, for: .event(envelope.eventID))
    if let key = draft.scopedKey { try tables.set(entry, for: key) }
    let leaf = TreeHash.leaf(record.envelope)
    if let root = head.frontier.append(leaf) {
      try tables.set(subtreeRoot: root, head.frontier.size / 256 - 1)
    }
    head.position = position
    head.recordedAt = envelope.recordedAt
    return Receipt(
      position: position, eventID: envelope.eventID, stream: envelope.stream,
      revision: envelope.revision, leaf: leaf, isDuplicate: false, type: envelope.type,
      flags: envelope.flags)
  }

  var nextPosition: Position { head.position.next }
  var now: Timestamp { max(clock.now(), head.recordedAt) }
}

extension EntityState {
  /// `reactions` with `before` known to be of the same type.
  fileprivate func reactions(
    before: any EntityState, _ event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] {
    guard let before = before as? Self else { return [] }
    return reactions(from: before, to: event, context)
  }
}

extension LogError.Code {
  /// Whether the error concerns one draft and leaves the transaction sound.
  var isRefusal: Bool {
    switch self {
    case .badInput, .violation, .unknownType, .rejected, .idTaken, .conflict, .budget, .secret,
      .notFound:
      true
    default: false
    }
  }
}
