package import Bytes
package import Events
internal import Merkle
package import Pipeline

/// Stores many prepared drafts in one transaction: each decided on by itself, or all or none.
package struct AppendUnit: WriteUnit {
  /// What became of a draft.
  ///
  /// No `Result`: the runtime would look for `LogError`'s conformance to `Error` in each process.
  package enum Outcome: Equatable, Sendable {
    case success(Receipt)
    case failure(LogError)

    /// Where the event is, and whether it was there before; nil for a refusal.
    package var place: (position: Position, isDuplicate: Bool)? {
      guard case .success(let receipt) = self else { return nil }
      return (receipt.position, receipt.isDuplicate)
    }

    /// The receipt, or the error thrown.
    package func get() throws(LogError) -> Receipt {
      switch self {
      case .success(let receipt): return receipt
      case .failure(let error): throw error
      }
    }
  }

  private var drafts: [PreparedDraft]
  /// A refusal refuses all.
  private let isAtomic: Bool
  /// Nothing is stored.
  package let isDryRun: Bool
  private let clock: any TimeSource
  /// Makes the drafts of reactions.
  var preparer: Preparer
  var machine: StateMachine
  /// Where the rows of the transaction before are; nil when nobody keeps them.
  private let memory: RowMemory?
  /// What one draft may have in reactions.
  private let allowance: ReactionAllowance
  /// Whether the drafts may be stored already: then even ids that were made for them are looked up.
  var mayBeStored = false
  private var head = Head()
  /// Where the log ended before this unit.
  private(set) var endBefore = Position.none
  /// The record at hand: one buffer for all of them.
  private var record = EncodedRecord()
  private var transaction: UInt64 = 0

  package init(
    _ drafts: [PreparedDraft], isAtomic: Bool, isDryRun: Bool = false, preparer: Preparer,
    rules: Rules, clock: any TimeSource
  ) {
    self.init(
      drafts, isAtomic: isAtomic, isDryRun: isDryRun, preparer: preparer, rules: rules,
      clock: clock, memory: nil)
  }

  init(
    _ drafts: [PreparedDraft], isAtomic: Bool, isDryRun: Bool, preparer: Preparer, rules: Rules,
    clock: any TimeSource, memory: RowMemory?
  ) {
    self.drafts = drafts
    self.isAtomic = isAtomic
    self.isDryRun = isDryRun
    self.preparer = preparer
    self.clock = clock
    self.memory = memory
    machine = StateMachine(rules: rules)
    allowance = ReactionAllowance(rules)
  }

  /// Adds another's drafts behind those that are there.
  mutating func add(_ others: [PreparedDraft]) { drafts += others }

  package var mayUseReserve: Bool {
    drafts.allSatisfy { $0.definition.type?.mayUseReserve ?? false }
  }

  package mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> [Outcome] {
    try CatalogMark.current.claim(&tables)
    head = try tables.head()
    endBefore = head.position
    transaction = tables.transactionID()
    if let memory { machine.cache = memory.take(for: transaction, at: head) }
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(drafts.count)
    let drafts = drafts
    let span = drafts.span
    for index in span.indices {
      do throws(LogError) {
        outcomes.append(.success(try append(span[index], to: &tables)))
      } catch {
        let located = error.at(line: span[index].line)
        // Damage and trouble below concern all of the batch, a refusal only its draft.
        if isAtomic || !error.code.isRefusal { throw located }
        outcomes.append(.failure(located))
      }
    }
    try machine.cache.flush(to: &tables)
    try tables.set(head)
    return outcomes
  }

  /// Gives the rows back for the next transaction, once this one is committed.
  mutating func keepRows() {
    var rows = RowCache()
    swap(&rows, &machine.cache)
    if !isDryRun { memory?.keep(rows, after: transaction, at: head) }
  }

  /// Decides on one draft and stores it with all that follows from it.
  private mutating func append(
    _ draft: PreparedDraft, to tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt {
    if let first = try firstReceipt(of: draft, in: tables) { return first }
    try draft.mustBeACallers()
    try mustBeRegistered(draft, in: tables)
    try mustHold(draft, in: tables)
    if let copy = draft.sealedCopy { try mustBeNew(copy, in: tables) }
    var allowance = allowance
    var receipt = try append(completed(draft, in: tables), depth: 0, &allowance, to: &tables)
    if let copy = draft.sealedCopy {
      receipt.reactions.append(try append(sealedCopy: copy, to: &tables))
    }
    if let (type, schema) = draft.registration {
      try tables.set(schema, SchemaRegistry.key(type))
    }
    return receipt
  }

  /// Stores the sealed copy of the event before it.
  private mutating func append(
    sealedCopy: PreparedDraft, to tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt {
    var allowance = allowance
    do throws(LogError) {
      return try append(sealedCopy, depth: 0, &allowance, to: &tables)
    } catch {
      // No refusal of a draft: its event is in the transaction already, and both come or neither.
      guard error.code.isRefusal else { throw error }
      throw LogError(.system, "a sealed copy was refused: \(error.message)")
    }
  }

  private mutating func append(
    _ draft: PreparedDraft, depth: Int, _ allowance: inout ReactionAllowance,
    to tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt {
    guard let encoded = draft.record else {
      throw LogError(.badInput, "a text of the event is over 255 bytes")
    }
    var rows = try find(draft, in: tables)
    var event = domainEvent(draft, rows)
    let decision = try decide(draft, event, rows, in: tables)
    let isNew = try create(&rows, of: draft, in: &tables)
    // `create` leaves no stream without a row.
    guard let stream = rows.stream else { throw LogError(.system, "a stream has no row") }
    let position = head.position.next
    let stamp = stamp(draft, decision, stream, rows.run)
    // The row's own name is at hand, and no memory of the thread that prepared the draft.
    let name = machine.cache.name(stream) ?? draft.envelope.stream
    var receipt = try store(draft, encoded, stamp, name, at: position, in: &tables)
    event?.flags = stamp.flags
    event?.recordedAt = stamp.recordedAt
    if isNew {
      event?.run = machine.cache.number(rows.run)
      event?.adds = adds(rows)
    }
    try machine.take(
      event,
      StateMachine.Input(
        stream: stream, entity: rows.entity, run: rows.run, position: position,
        reversal: draft.reversal),
      from: tables)
    guard let event, !machine.changes.isEmpty, !stamp.flags.contains(.imported),
      draft.reversal == nil, allowance.reaches(below: depth)
    else { return receipt }
    for (ordinal, reaction) in reactions(to: event, decision.consulted).enumerated()
    where allowance.take() {
      for choice in [reaction] + reaction.alternatives {
        guard let prepared = try? preparer.prepare(choice, of: draft.envelope, ordinal: ordinal)
        else { continue }
        // A reaction that is refused never refuses its cause.
        do throws(LogError) {
          // Its id follows from the cause: somebody may have used it before.
          guard try firstReceipt(of: prepared, in: tables) == nil else { break }
          receipt.reactions.append(
            try append(prepared, depth: depth + 1, &allowance, to: &tables))
          break
        } catch { if !error.code.isRefusal { throw error } }
      }
    }
    return receipt
  }

  private func reactions(to event: DomainEvent, _ consulted: Payload?) -> [Reaction] {
    var reactions: [Reaction] = []
    for change in machine.changes {
      guard let name = machine.cache.name(change.slot),
        let after = machine.cache.state(change.slot)
      else { continue }
      let found = after.reactions(
        before: change.before, event,
        ReactContext(name: name, rules: machine.rules, consulted: consulted))
      if !found.isEmpty { reactions += found }
    }
    return reactions
  }

  /// What only the log knows of an event.
  private func stamp(
    _ draft: PreparedDraft, _ decision: Decision, _ stream: RowCache.Slot, _ run: RowCache.Slot?
  ) -> Envelope.Stamp {
    var stamp = Envelope.Stamp(
      flags: draft.envelope.flags.union(decision.flags), verdict: decision.verdict,
      recordedAt: now)
    stamp.revision = machine.cache.revision(stream) + 1
    stamp.previousInStream = machine.cache.last(stream)
    if let run { stamp.previousInRun = machine.cache.latestInRun(run) ?? .none }
    return stamp
  }

  private mutating func store(
    _ draft: PreparedDraft, _ encoded: EncodedRecord, _ stamp: Envelope.Stamp, _ stream: Name,
    at position: Position, in tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt {
    record.take(encoded, stamp)
    let leaf = TreeHash.leaf(record.envelope)
    try tables.append(record, at: position)
    let eventID = draft.envelope.eventID
    let entry = DedupeEntry(position: position, content: draft.content)
    try tables.set(entry, for: .event(eventID))
    if let key = draft.scopedKey { try tables.set(entry, for: key) }
    for key in draft.payloadKeys {
      if key.kind == .content, try tables.entry(for: key.key) != nil { continue }
      try tables.set(entry, for: key.key)
    }
    if let root = head.frontier.append(leaf) {
      try tables.set(subtreeRoot: root, head.frontier.size / 256 - 1)
    }
    head.position = position
    head.recordedAt = stamp.recordedAt
    return Receipt(
      position: position, eventID: eventID, stream: stream, revision: stamp.revision,
      leaf: leaf, isDuplicate: false, type: draft.envelope.type, flags: stamp.flags)
  }

  var nextPosition: Position { head.position.next }
  var now: Timestamp {
    let now = clock.now()
    return now < head.recordedAt ? head.recordedAt : now
  }
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
  /// Whether the error concerns one draft and leaves the transaction sound: others can go on.
  package var isRefusal: Bool {
    switch self {
    case .badInput, .violation, .unknownType, .rejected, .idTaken, .conflict, .budget, .secret,
      .notFound:
      true
    default: false
    }
  }
}
