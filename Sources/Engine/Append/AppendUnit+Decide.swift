internal import Bytes
internal import Events
internal import Merkle
internal import Pipeline

extension AppendUnit {
  /// The rows of one event, by number.
  struct Numbers {
    var stream: EntityNumber
    var entity: EntityNumber?
    var run: EntityNumber?
    var adds: [EntityNumber]
  }

  /// The first receipt when the id or key is known with the same content; throws when it is
  /// known with other content.
  func firstReceipt(
    of draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Receipt? {
    var found: (DedupeEntry, String)?
    if draft.hasGivenID, let entry = try tables.entry(for: .event(draft.envelope.eventID)) {
      found = (entry, "id \(draft.envelope.eventID)")
    } else if let key = draft.scopedKey, let entry = try tables.entry(for: key) {
      found = (entry, "key \"\(draft.envelope.key ?? "")\"")
    }
    guard let (entry, what) = found else { return nil }
    guard entry.content == draft.content else {
      throw LogError(
        .idTaken,
        "the \(what) belongs to the event at position \(entry.position), which has other content",
        hint: "`uetlog show \(entry.position)` shows it; take a new id for a new event")
    }
    guard let event = try tables.event(at: entry.position), let bytes = event.envelope.encoded()
    else {
      throw LogError(.corruption, "no event at position \(entry.position), which an id names")
    }
    return Receipt(
      position: event.position, eventID: event.envelope.eventID, stream: event.envelope.stream,
      revision: event.envelope.revision, leaf: TreeHash.leaf(bytes), isDuplicate: true,
      type: event.envelope.type, flags: event.envelope.flags)
  }

  /// Checks the expected revision and asks the entity; nothing is changed.
  mutating func decide(
    _ draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (EventFlags, Payload?, verdict: UInt8) {
    let stream = try load(draft.envelope.stream, from: tables)
    let revision = stream.flatMap { machine.cache[$0]?.row.revision } ?? 0
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
    guard draft.reversal == nil, let event = try event(of: draft, in: tables) else {
      return ([], nil, 0)
    }
    let state = try draft.addresses.entity.flatMap { name throws(LogError) in
      try self.state(of: name, in: tables)
    }
    let consulted = try payload(at: state?.consults(for: event), in: tables)
    let context = try context(draft, state, event, consulted, in: tables)
    let facts = factFlags(of: event, context)
    do throws(LogError) {
      return (facts.union(try state?.decide(event, context) ?? []), consulted, 0)
    } catch {
      // An import is judged, not refused: the verdict is stored with the event.
      guard draft.envelope.flags.contains(.imported) else { throw error }
      return (facts, consulted, error.code == .budget ? 2 : 1)
    }
  }

  /// An entity's state, that of one that has seen no event when it has no row; nil for a name of
  /// no category.
  private mutating func state(
    of entity: Name, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (any EntityState)? {
    let number = try load(entity, from: tables)
    return number.flatMap { machine.cache[$0]?.state }
      ?? entityType(of: Category(of: entity))?.init()
  }

  /// What `decide` may look at: the rows that the schema and the state ask for.
  private mutating func context(
    _ draft: PreparedDraft, _ state: (any EntityState)?, _ event: DomainEvent,
    _ consulted: Payload?, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> DecideContext {
    var context = DecideContext(
      name: draft.addresses.entity ?? draft.envelope.stream, rules: machine.rules, now: now,
      consulted: consulted)
    let further = state?.reads(for: event, consulted: consulted) ?? []
    for name in draft.addresses.reads + further {
      if let number = try load(name, from: tables) {
        context.entities[name] = machine.cache[number]?.state
      }
    }
    return context
  }

  /// Loads the row of a name, if it has one.
  private mutating func load(
    _ name: Name, from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> EntityNumber? {
    guard let number = try machine.cache.number(of: name, in: tables) else { return nil }
    try machine.cache.load(name, number, from: tables)
    return number
  }

  private func payload(
    at position: Position?, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Payload? {
    guard let position, position > .none else { return nil }
    return try tables.event(at: position)?.payload.flatMap { Payload($0) }
  }

  /// The event as `decide` sees it: rows that do not exist yet have no number.
  private mutating func event(
    of draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> DomainEvent? {
    var adds: [EntityNumber] = []
    for name in draft.addresses.adds {
      guard let name else {
        adds.append(.none)
        continue
      }
      adds.append(try load(name, from: tables) ?? .none)
    }
    var run: EntityNumber?
    if let name = draft.addresses.run { run = try load(name, from: tables) }
    let numbers = Numbers(stream: .none, entity: nil, run: run, adds: adds)
    var envelope = draft.envelope
    envelope.recordedAt = now
    return domainEvent(draft, envelope, numbers, at: nextPosition)
  }

  func domainEvent(
    _ draft: PreparedDraft, _ envelope: Envelope, _ numbers: Numbers, at position: Position
  ) -> DomainEvent? {
    guard let type = draft.definition.type else { return nil }
    return DomainEvent(
      type: type, eventID: envelope.eventID, position: position, time: envelope.time,
      recordedAt: envelope.recordedAt, flags: envelope.flags, payload: draft.payload,
      run: numbers.run ?? .none, adds: numbers.adds)
  }

  /// Finds the numbers of all names of an accepted event, giving new names theirs.
  mutating func makeNumbers(
    for draft: PreparedDraft, in tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Numbers {
    var ordinal = 0
    let position = nextPosition
    func number(
      _ name: Name, _ cache: inout RowCache, _ tables: inout some LogWriter & ~Copyable & ~Escapable
    ) throws(LogError) -> EntityNumber {
      if let known = try cache.number(of: name, in: tables) {
        try cache.load(name, known, from: tables)
        return known
      }
      guard let fresh = EntityNumber(position: position, ordinal: ordinal) else {
        throw LogError(.badInput, "the event brings in more names than one event may")
      }
      ordinal += 1
      try cache.create(name, fresh, in: &tables)
      return fresh
    }
    let stream = try number(draft.envelope.stream, &machine.cache, &tables)
    var entity: EntityNumber?
    if let name = draft.addresses.entity { entity = try number(name, &machine.cache, &tables) }
    var run: EntityNumber?
    if let name = draft.addresses.run { run = try number(name, &machine.cache, &tables) }
    var adds: [EntityNumber] = []
    for name in draft.addresses.adds {
      if let name {
        adds.append(try number(name, &machine.cache, &tables))
      } else {
        adds.append(.none)
      }
    }
    return Numbers(stream: stream, entity: entity, run: run, adds: adds)
  }
}
