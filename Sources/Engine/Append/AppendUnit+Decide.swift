internal import Events
internal import Pipeline

extension AppendUnit {
  /// The rows of one event; nil for those that do not exist yet.
  struct Rows {
    var stream: RowCache.Slot?
    var entity: RowCache.Slot?
    var run: RowCache.Slot?
    var adds: [RowCache.Slot?]
  }

  /// What was decided about a draft.
  struct Decision {
    var flags: EventFlags = []
    var verdict: UInt8 = 0
    /// The payload of the event that the state asked for.
    var consulted: Payload?
  }

  /// The first receipt when the id or key is known with the same content; throws when it is
  /// known with other content.
  func firstReceipt(
    of draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt? {
    guard let (entry, what) = try known(draft, in: tables) else {
      return try firstRegistration(draft, in: tables)
    }
    guard let what, entry.content != draft.content, try !isAsStored(draft, entry, in: tables) else {
      return try receipt(of: entry.position, for: draft, in: tables)
    }
    throw LogError(
      .idTaken,
      "the \(what) belongs to the event at position \(entry.position), which has other content",
      hint: "`uetlog show \(entry.position)` shows it; take a new id for a new event")
  }

  /// Whether a draft is what is stored of an event, as exports have it, where that is not what was
  /// offered: secrets were masked, by the append or later, or the log has put members in front.
  private func isAsStored(
    _ draft: PreparedDraft, _ entry: DedupeEntry,
    in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    guard let event = try tables.event(at: entry.position), let payload = event.payload,
      event.isRedacted || event.envelope.flags.contains(.masked)
        || !PayloadMember.names(of: draft.definition.type).isEmpty
    else { return false }
    return preparer.contents(of: event.envelope, payload).contains(draft.content)
  }

  /// What the log has of a draft already: by its id, its key or its payload, and how errors call
  /// that; no such name when other content is no error.
  private func known(
    _ draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (DedupeEntry, String?)? {
    if draft.hasGivenID || mayBeStored,
      let entry = try tables.entry(for: .event(draft.envelope.eventID))
    {
      return (entry, "id \(draft.envelope.eventID)")
    }
    if let key = draft.scopedKey, let entry = try tables.entry(for: key) {
      return (entry, "key \"\(draft.envelope.key ?? "")\"")
    }
    for key in draft.payloadKeys where key.kind != .content {
      guard let entry = try tables.entry(for: key.key) else { continue }
      if case .identity(let field) = key.kind {
        return (entry, "\(field) \"\(draft.payload.text(field) ?? "")\"")
      }
      return (entry, nil)
    }
    return nil
  }

  /// Loads the rows that a draft concerns.
  mutating func find(
    _ draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Rows {
    let stream = draft.envelope.stream
    var rows = Rows(adds: [])
    rows.stream = try machine.cache.load(stream, from: tables)
    if let name = draft.addresses.entity {
      rows.entity = name == stream ? rows.stream : try machine.cache.load(name, from: tables)
    }
    if let name = draft.addresses.run { rows.run = try machine.cache.load(name, from: tables) }
    if draft.addresses.adds.isEmpty { return rows }
    rows.adds.reserveCapacity(draft.addresses.adds.count)
    for name in draft.addresses.adds {
      var slot: RowCache.Slot?
      if let name { slot = try machine.cache.load(name, from: tables) }
      rows.adds.append(slot)
    }
    return rows
  }

  /// Checks the expected revision and asks the entity; nothing is changed.
  ///
  /// - Parameter event: nil for a user's own type.
  mutating func decide(
    _ draft: PreparedDraft, _ event: DomainEvent?, _ rows: Rows,
    in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Decision {
    var revision: UInt64 = 0
    if let slot = rows.stream { revision = machine.cache.revision(slot) }
    try Self.check(revision, draft)
    if let reversal = draft.reversal {
      try nothingMayDepend(on: reversal, in: tables)
      return Decision()
    }
    guard let event else { return Decision() }
    let question = StateMachine.Question(
      name: draft.addresses.entity ?? draft.envelope.stream, reads: draft.addresses.reads,
      run: draft.addresses.run)
    if let slot = rows.entity, let state = machine.cache.state(slot) {
      return try decide(draft, event, question, state, in: tables)
    }
    if let name = draft.addresses.entity, let type = entityType(of: Category(of: name)) {
      return try decide(draft, event, question, type.init(), in: tables)
    }
    let context = try machine.context(event, question, rows: tables)
    if Self.takesSums(event) { try mustFit(factContributions(of: event), in: tables) }
    return Decision(flags: factFlags(of: event, context))
  }

  private mutating func decide(
    _ draft: PreparedDraft, _ event: DomainEvent, _ question: StateMachine.Question,
    _ state: some EntityState, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Decision {
    let context = try machine.context(event, question, state, rows: tables, events: tables)
    if Self.takesSums(event) {
      var after = state
      after.evolve(event)
      var shares = factContributions(of: event)
      shares.note([], after.contributions())
      try mustFit(shares, in: tables)
    }
    var decision = Decision(flags: factFlags(of: event, context), consulted: context.consulted)
    do throws(LogError) {
      decision.flags.formUnion(
        try machine.decide(event, question, state, context, rows: tables, events: tables))
    } catch {
      // An import is judged, not refused: the verdict is stored with the event.
      guard draft.envelope.flags.contains(.imported) else { throw error }
      decision.verdict = error.code == .budget ? 2 : 1
    }
    return decision
  }

  /// Throws a conflict, so that the undoing is planned anew, when an event came since that may
  /// depend on what is undone.
  private func nothingMayDepend(
    on reversal: Reversal, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard let (known, search) = reversal.dependents else { return }
    var position = known.next
    while position < nextPosition, let event = try tables.event(at: position) {
      if let resolved = try preparer.catalog.resolve(event), try search.mayDepend(resolved, tables)
      {
        throw LogError(
          .conflict, "\(event.envelope.type) at position \(position) came while it was planned")
      }
      position = position.next
    }
  }

  /// Whether an event adds to the sums that have a limit.
  private static func takesSums(_ event: DomainEvent) -> Bool {
    event.type == .cost_charged || event.type == .cost_reserved
  }

  /// Refuses what would take a sum over its limit: sums are exact, so they have an end.
  ///
  /// It is the one charge that is refused; others are facts, whatever the budgets say.
  private mutating func mustFit(
    _ shares: [Contribution], in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    var rest = shares[...]
    while let target = rest.first?.target {
      // Shares of one row come together.
      let own = rest.prefix { $0.target == target }
      rest = rest[own.endIndex...]
      guard target != .none else { continue }
      let slot = try machine.cache.load(target, from: tables)
      guard let share = machine.cache.state(slot)?.firstUnfit(of: own) else { continue }
      throw LogError(
        .badInput,
        "a sum of \(machine.cache.name(slot)?.description ?? "a budget") would be too large",
        expected: "at most \(BudgetState.sumMax)", actual: "\(share.amount) more")
    }
  }

  private static func check(_ revision: UInt64, _ draft: PreparedDraft) throws(LogError) {
    if let expect = draft.expect, expect != revision {
      throw LogError(
        .conflict, "\(draft.envelope.stream) has moved on",
        expected: "revision \(expect)", actual: "revision \(revision)",
        hint:
          "Read the stream again (`uetlog replay --stream \(draft.envelope.stream)`) and decide anew"
      )
    }
    if let reversal = draft.reversal, reversal.revision != revision {
      throw LogError(
        .conflict, "\(draft.envelope.stream) has moved on since the undoing was planned",
        expected: "revision \(reversal.revision)", actual: "revision \(revision)")
    }
  }

  /// The event with the rows that there are: those that do not exist yet have no number.
  func domainEvent(_ draft: PreparedDraft, _ rows: Rows) -> DomainEvent? {
    guard let type = draft.definition.type else { return nil }
    return DomainEvent(
      type: type, eventID: draft.envelope.eventID, position: nextPosition,
      time: draft.envelope.time, recordedAt: now, flags: draft.envelope.flags,
      payload: draft.payload, run: machine.cache.number(rows.run), adds: adds(rows))
  }

  /// The numbers of the rows that take shares.
  func adds(_ rows: Rows) -> [EntityNumber] {
    if rows.adds.isEmpty { return [] }
    var numbers: [EntityNumber] = []
    numbers.reserveCapacity(rows.adds.count)
    for slot in rows.adds { numbers.append(machine.cache.number(slot)) }
    return numbers
  }

  /// Gives the new names of an accepted event their numbers and rows; tells whether there were any.
  mutating func create(
    _ rows: inout Rows, of draft: PreparedDraft,
    in tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    var ordinal = 0
    if rows.stream == nil {
      rows.stream = try create(draft.envelope.stream, &ordinal, in: &tables)
    }
    if rows.entity == nil, let name = draft.addresses.entity {
      rows.entity = try create(name, &ordinal, in: &tables)
    }
    if rows.run == nil, let name = draft.addresses.run {
      rows.run = try create(name, &ordinal, in: &tables)
    }
    for (index, name) in draft.addresses.adds.enumerated() where rows.adds[index] == nil {
      if let name { rows.adds[index] = try create(name, &ordinal, in: &tables) }
    }
    return ordinal > 0
  }

  private mutating func create(
    _ name: Name, _ ordinal: inout Int,
    in tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> RowCache.Slot {
    // One event may name a row twice.
    if let known = machine.cache.slot(of: name) { return known }
    guard let fresh = EntityNumber(position: nextPosition, ordinal: ordinal) else {
      throw LogError(.badInput, "the event brings in more names than one event may")
    }
    ordinal += 1
    return try machine.cache.create(name, fresh, in: &tables)
  }
}

extension EntityState {
  /// The first share that would take one of its sums over the limit.
  fileprivate func firstUnfit(of shares: ArraySlice<Contribution>) -> Contribution? {
    shares.first { !fits($0.field, $0.amount) }
  }
}
