internal import Bytes
package import Events
package import Pipeline

/// Folds a log from its first event on: the same rows that the appends wrote, made anew.
///
/// It holds all rows and names, some 500 bytes for each, however long the log is.
package struct Folder {
  private let catalog: Catalog
  var machine: StateMachine
  private var slots = NameIndex()
  /// Whether rows are looked for by names that are not those of events taken in.
  private let answersNames: Bool
  private var runSlots: [ULID: RowCache.Slot] = [:]
  /// The run of the event before: mostly that of the next one too.
  private var latestRun: (id: ULID, slot: RowCache.Slot)?
  /// For events that come one by one.
  private var decoder: FoldDecoder
  /// Rows are never read from here: a fold from zero has them all.
  let nothing = MemoryTables(genesis: Digest())
  /// The last event taken in.
  package private(set) var position = Position.none

  package init(catalog: Catalog, rules: Rules) {
    self.init(catalog: catalog, rules: rules, answersNames: false)
  }

  /// - Parameter answersNames: whether its rows are to be found by name, for guards.
  init(catalog: Catalog, rules: Rules, answersNames: Bool) {
    self.catalog = catalog
    self.answersNames = answersNames
    decoder = FoldDecoder(catalog: catalog)
    machine = StateMachine(rules: rules, tellsChanges: false)
  }

  /// Makes room for so many rows.
  mutating func reserve(_ count: Int) {
    machine.cache.reserve(count)
    slots.reserve(count)
  }

  /// Takes in the next event.
  ///
  /// - Parameter source: the log the event is from; read only to work out reversals.
  package mutating func take(
    _ event: Event, from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard let bytes = event.envelope.encoded(), let envelope = EnvelopeView(bytes.rawSpan) else {
      throw LogError(.corruption, "the envelope at position \(event.position) is damaged")
    }
    guard let payload = event.payload else {
      return try take(envelope, nil, at: event.position, from: source)
    }
    try take(envelope, payload.rawSpan, at: event.position, from: source)
  }

  /// Takes in the next event straight from its record.
  ///
  /// - Parameter payload: nil when it is gone.
  mutating func take(
    _ envelope: borrowing EnvelopeView, _ payload: RawSpan?, at position: Position,
    from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    decoder.batch.removeAll()
    try decoder.take(envelope, payload, at: position, from: source)
    try take(decoder.batch, from: source)
  }

  /// Takes in the next events.
  mutating func take(
    _ batch: FoldBatch, from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    for event in batch.events { try take(event, of: batch, from: source) }
  }

  private mutating func take(
    _ event: FoldEvent, of batch: FoldBatch,
    from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    position = event.position
    // In this order appends number the names that an event brings in.
    var ordinal = 0
    let stream = try slot(event.stream, batch, &ordinal)
    var input = StateMachine.Input(stream: stream, position: position)
    guard let range = event.payload else {
      input.run = try slot(ofRun: event.runID, &ordinal)
      try machine.take(nil, input, from: nothing)
      return
    }
    // Without bytes, the batch gets no owner for each event.
    let payload = Payload(stored: range.isEmpty ? [] : batch.payloads, range)
    if event.type == .event_reversed, let target = payload.text("target").flatMap({ ULID($0) }) {
      let (entity, reversal) = try reversal(of: target, by: position, from: source)
      input.reversal = reversal
      if let entity { input.entity = try slot(entity, &ordinal) }
    } else {
      input.entity = try entitySlot(event, batch, stream, &ordinal)
    }
    input.run = try slot(ofRun: event.runID, &ordinal)
    let adds = try addSlots(event, batch, &ordinal)
    var domainEvent: DomainEvent?
    if let type = event.type {
      domainEvent = DomainEvent(
        type: type, eventID: event.eventID, position: position, time: event.time,
        recordedAt: event.recordedAt, flags: event.flags, payload: payload,
        run: input.run.map { machine.cache.number($0) } ?? .none, adds: adds)
    }
    try machine.take(domainEvent, input, from: nothing)
  }

  private mutating func entitySlot(
    _ event: FoldEvent, _ batch: FoldBatch, _ stream: RowCache.Slot, _ ordinal: inout Int
  ) throws(LogError) -> RowCache.Slot? {
    switch event.entity {
    case .none: nil
    case .stream: stream
    case .name(let name): try slot(name, batch, &ordinal)
    }
  }

  /// Subjects may be anything; only rows with a state can take sums.
  private mutating func addSlots(
    _ event: FoldEvent, _ batch: FoldBatch, _ ordinal: inout Int
  ) throws(LogError) -> [EntityNumber] {
    var numbers: [EntityNumber] = []
    for name in batch.adds[event.adds] {
      guard name.count > 0 else {
        numbers.append(.none)
        continue
      }
      var found = slots.slot(of: batch.bytes(name), name.digest)
      if found == nil, Category(of: Name(stored: batch.bytes(name).copied)) != .none {
        found = try slot(name, batch, &ordinal)
      }
      numbers.append(found.map { machine.cache.statefulNumber($0) } ?? .none)
    }
    return numbers
  }

  private mutating func slot(
    ofRun id: ULID?, _ ordinal: inout Int
  ) throws(LogError) -> RowCache.Slot? {
    guard let id else { return nil }
    if let latestRun, latestRun.id == id { return latestRun.slot }
    let slot: RowCache.Slot
    if let known = runSlots[id] {
      slot = known
    } else {
      slot = try self.slot(Name(run: id), &ordinal)
      runSlots[id] = slot
    }
    latestRun = (id, slot)
    return slot
  }

  private mutating func slot(
    _ name: FoldEvent.NameRange, _ batch: FoldBatch, _ ordinal: inout Int
  ) throws(LogError) -> RowCache.Slot {
    if let known = slots.slot(of: batch.bytes(name), name.digest) { return known }
    return try adopt(Name(stored: batch.bytes(name).copied), name.digest, &ordinal)
  }

  private mutating func slot(
    _ name: Name, _ ordinal: inout Int
  ) throws(LogError) -> RowCache.Slot {
    let digest = Name.digest(name.bytes.rawSpan)
    if let known = slots.slot(of: name.bytes.rawSpan, digest) { return known }
    return try adopt(name, digest, &ordinal)
  }

  private mutating func adopt(
    _ name: Name, _ digest: UInt64, _ ordinal: inout Int
  ) throws(LogError) -> RowCache.Slot {
    guard let fresh = EntityNumber(position: position, ordinal: ordinal) else {
      throw LogError(.corruption, "the event at \(position) brings in too many names")
    }
    ordinal += 1
    slots.add(name.bytes, digest)
    return answersNames ? machine.cache.adopt(name, fresh) : machine.cache.add(name, fresh)
  }

  /// What a stored reversal came to: the entity and the state it went back to.
  private func reversal(
    of target: ULID, by position: Position,
    from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (Name?, Reversal?) {
    let fold = try StreamFold(endingAt: position, catalog: catalog, in: source)
    guard let undone = fold.events.first(where: { $0.event.envelope.eventID == target }) else {
      return (nil, nil)
    }
    let reversal = try fold.reversal(of: undone) { number(of: $0) }
    return (undone.addresses.entity, reversal)
  }
}

extension Folder {
  /// The rows as they stand, by number, with what the log stores of each.
  package var rows: [EntityNumber: StateRow] {
    let cache = machine.cache
    return Dictionary(
      uniqueKeysWithValues: cache.rows.indices.map { (cache.number($0), cache.encoded($0)) })
  }

  /// One row as it stands.
  package func row(_ number: EntityNumber) -> StateRow? {
    machine.cache.slot(of: number).map { machine.cache.encoded($0) }
  }

  /// The numbers of all rows, in order: that in which the rows came.
  var numbers: [EntityNumber] {
    machine.cache.rows.indices.map { machine.cache.rows[$0].number }
  }

  /// The numbers of the rows that events changed since `forgetChanges`, in order.
  var changed: [EntityNumber] {
    // By index: a row that is looked at whole is copied.
    machine.cache.rows.indices.lazy.filter { machine.cache.rows[$0].isChanged }
      .map { machine.cache.rows[$0].number }
  }

  /// Begins a new set of changed rows.
  mutating func forgetChanges() { machine.cache.forgetChanges() }

  /// The number of a name.
  package func number(of name: Name) -> EntityNumber? {
    slots.slot(of: name.bytes.rawSpan, Name.digest(name.bytes.rawSpan))
      .map { machine.cache.number($0) }
  }

  /// All names and their numbers.
  package var names: [Name: EntityNumber] { machine.cache.names }
}

extension FoldBatch {
  @_lifetime(borrow self)
  fileprivate func bytes(_ name: FoldEvent.NameRange) -> RawSpan {
    names.rawSpan.extracting(name.start..<name.start + name.count)
  }
}

extension StreamFold {
  /// What undoing `target` comes to, given that it is among the cancelled.
  func reversal(
    of target: ResolvedEvent, number: (Name) throws(LogError) -> EntityNumber?
  ) throws(LogError) -> Reversal {
    var state: (any EntityState)?
    if let entity = target.addresses.entity { state = try self.state(of: entity, number: number) }
    let event = try target.domainEvent(number)
    var facts = event.map { factContributions(of: $0) } ?? []
    if let event { facts += state?.facts(of: event) ?? [] }
    return Reversal(
      revision: revision, state: state, neutral: target.definition.isNeutral ? event : nil,
      facts: facts.map { Contribution($0.target, $0.field, 0 &- $0.amount) },
      target: target.event.position)
  }
}

extension Envelope {
  /// The name of the row of the event's run.
  package var runName: Name? {
    runID.map { Name(run: $0) }
  }
}

extension Name {
  /// The name of a run's row.
  init(run id: ULID) {
    var bytes = Array("run-".utf8)
    bytes.append(text: id)
    self.init(stored: bytes)
  }
}
