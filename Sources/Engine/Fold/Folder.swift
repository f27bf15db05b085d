internal import Bytes
package import Events
package import Pipeline

/// Folds a log from its first event on: the same rows that the appends wrote, made anew.
package struct Folder {
  private let catalog: Catalog
  private var machine: StateMachine
  /// Definitions by the digest of the schema, and the name of the type that was found under it.
  private var definitions: [UInt64: (type: [UInt8], definition: EventDefinition)] = [:]
  private var runNames: [ULID: Name] = [:]
  /// Rows are never read from here: a fold from zero has them all.
  private let nothing = MemoryTables(genesis: Digest())
  /// The last event taken in.
  package private(set) var position = Position.none

  package init(catalog: Catalog, rules: Rules) {
    self.catalog = catalog
    machine = StateMachine(rules: rules, tellsChanges: false)
  }

  /// What the rows depend on of an event.
  private struct Incoming {
    var position: Position
    var eventID: ULID
    var stream: Name
    var runID: ULID?
    var time: Timestamp
    var recordedAt: Timestamp
    var flags: EventFlags
    var definition: EventDefinition?
    var payload: Payload?
  }

  /// Takes in the next event.
  ///
  /// - Parameter source: the log the event is from; read only to work out reversals.
  package mutating func take(
    _ event: Event, from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    let envelope = event.envelope
    try catalog.learn(envelope.type, from: source)
    let incoming = Incoming(
      position: event.position, eventID: envelope.eventID, stream: envelope.stream,
      runID: envelope.runID, time: envelope.time, recordedAt: envelope.recordedAt,
      flags: envelope.flags, definition: try catalog.definition(envelope.type),
      payload: event.payload.flatMap { Payload($0) })
    try take(incoming, from: source)
  }

  /// Takes in the next event straight from its record.
  mutating func take(
    _ record: borrowing RecordView, at position: Position,
    from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    let definition = try self.definition(of: record.envelope, from: source)
    let envelope = record.envelope
    let incoming = Incoming(
      position: position, eventID: envelope.eventID,
      stream: Name(stored: envelope.text(envelope.streamRange)), runID: envelope.runID,
      time: envelope.time, recordedAt: envelope.recordedAt, flags: envelope.flags,
      definition: definition, payload: record.payload.flatMap { Payload($0) })
    try take(incoming, from: source)
  }

  private mutating func definition(
    of envelope: borrowing EnvelopeView,
    from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> EventDefinition? {
    if let known = definitions[envelope.schemaDigest],
      envelope.has(known.type, at: envelope.typeRange)
    {
      return known.definition
    }
    let type = envelope.string(envelope.typeRange)
    try catalog.learn(type, from: source)
    guard let definition = try catalog.definition(type) else { return nil }
    definitions[envelope.schemaDigest] = (Array(type.utf8), definition)
    return definition
  }

  private mutating func take(
    _ event: Incoming, from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    position = event.position
    var ordinal = 0
    let stream = try slot(event.stream, event.position, &ordinal)
    let runName = event.runID.map { name(ofRun: $0) }
    guard let definition = event.definition, let payload = event.payload else {
      let run = try runName.map { name throws(LogError) in
        try slot(name, event.position, &ordinal)
      }
      _ = try machine.take(
        StateMachine.Input(
          event: nil, stream: stream, entity: nil, run: run, position: position, reversal: nil),
        from: nothing)
      return
    }
    let addresses = try Addresses(
      definition, payload, stream: event.stream, runID: event.runID, run: runName)
    var entity = addresses.entity
    var reversal: Reversal?
    if definition.type == .event_reversed,
      let target = payload.text("target").flatMap({ ULID($0) })
    {
      (entity, reversal) = try self.reversal(of: target, by: event.position, from: source)
    }
    let entitySlot = try entity.map { name throws(LogError) in
      name == event.stream ? stream : try slot(name, event.position, &ordinal)
    }
    let run = try runName.map { name throws(LogError) in
      try slot(name, event.position, &ordinal)
    }
    var adds: [EntityNumber] = []
    for name in addresses.adds {
      guard let name else {
        adds.append(.none)
        continue
      }
      let slot = try slot(name, event.position, &ordinal)
      adds.append(machine.cache.number(slot))
    }
    let domain = definition.type.map { type in
      DomainEvent(
        type: type, eventID: event.eventID, position: position, time: event.time,
        recordedAt: event.recordedAt, flags: event.flags, payload: payload,
        run: run.map { machine.cache.number($0) } ?? .none, adds: adds)
    }
    _ = try machine.take(
      StateMachine.Input(
        event: domain, stream: stream, entity: entitySlot, run: run, position: position,
        reversal: reversal),
      from: nothing)
  }

  private mutating func name(ofRun id: ULID) -> Name {
    if let known = runNames[id] { return known }
    let name = Name(run: id)
    runNames[id] = name
    return name
  }

  private mutating func slot(
    _ name: Name, _ position: Position, _ ordinal: inout Int
  ) throws(LogError) -> RowCache.Slot {
    if let known = machine.cache.slot(of: name) { return known }
    guard let fresh = EntityNumber(position: position, ordinal: ordinal) else {
      throw LogError(.corruption, "the event at \(position) brings in too many names")
    }
    ordinal += 1
    return machine.cache.adopt(name, fresh)
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

  /// The numbers of all rows, in order.
  var numbers: [EntityNumber] { machine.cache.rows.map(\.number).sorted() }

  /// The numbers of the rows that events changed since `forgetChanges`, in order.
  var changed: [EntityNumber] {
    machine.cache.rows.filter(\.isChanged).map(\.number).sorted()
  }

  /// Begins a new set of changed rows.
  mutating func forgetChanges() { machine.cache.forgetChanges() }

  /// The number of a name.
  package func number(of name: Name) -> EntityNumber? {
    machine.cache.slot(of: name).map { machine.cache.number($0) }
  }

  /// All names and their numbers.
  package var names: [Name: EntityNumber] { machine.cache.names }
}

extension StreamFold {
  /// What undoing `target` comes to, given that it is among the cancelled.
  func reversal(
    of target: ResolvedEvent, number: (Name) throws(LogError) -> EntityNumber?
  ) throws(LogError) -> Reversal {
    var state: (any EntityState)?
    if let entity = target.addresses.entity { state = try self.state(of: entity, number: number) }
    let event = try target.domainEvent(number)
    let facts = event.map { factContributions(of: $0) } ?? []
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
