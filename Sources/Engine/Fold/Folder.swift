internal import Bytes
package import Events
package import Pipeline

/// Folds a log from its first event on: the same rows that the appends wrote, made anew.
package struct Folder {
  private let catalog: Catalog
  private var machine: StateMachine
  private var numbers: [Name: EntityNumber] = [:]
  /// Rows are never read from here: a fold from zero has them all.
  private let nothing = MemoryTables(genesis: Digest())
  /// Rows that events changed since `forgetChanges`.
  package private(set) var changed: Set<EntityNumber> = []
  /// The last event taken in.
  package private(set) var position = Position.none

  package init(catalog: Catalog, rules: Rules) {
    self.catalog = catalog
    machine = StateMachine(rules: rules)
  }

  /// Takes in the next event.
  ///
  /// - Parameter source: the log the event is from; read only to work out reversals.
  package mutating func take(
    _ event: Event, from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    try catalog.learn(event.envelope.type, from: source)
    position = event.position
    var ordinal = 0
    let stream = try number(event.envelope.stream, event.position, &ordinal)
    guard let resolved = try catalog.resolve(event) else {
      let run = try event.envelope.runName.map { name throws(LogError) in
        try number(name, event.position, &ordinal)
      }
      return try take(
        StateMachine.Input(
          event: nil, stream: stream, entity: nil, run: run, position: position, reversal: nil))
    }
    var entity = resolved.addresses.entity
    var reversal: Reversal?
    if let target = resolved.reversedID {
      (entity, reversal) = try self.reversal(of: target, by: event, from: source)
    }
    let entityNumber = try entity.map { name throws(LogError) in
      try number(name, event.position, &ordinal)
    }
    let run = try resolved.addresses.run.map { name throws(LogError) in
      try number(name, event.position, &ordinal)
    }
    for name in resolved.addresses.adds {
      if let name { _ = try number(name, event.position, &ordinal) }
    }
    let known = numbers
    let domain = try resolved.domainEvent { known[$0] }
    try take(
      StateMachine.Input(
        event: domain, stream: stream, entity: entityNumber, run: run, position: position,
        reversal: reversal))
  }

  private mutating func take(_ input: StateMachine.Input) throws(LogError) {
    let changes = try machine.take(input, from: nothing)
    changed.insert(input.stream)
    if let entity = input.entity { changed.insert(entity) }
    if let run = input.run { changed.insert(run) }
    for change in changes { changed.insert(change.number) }
  }

  private mutating func number(
    _ name: Name, _ position: Position, _ ordinal: inout Int
  ) throws(LogError) -> EntityNumber {
    if let known = numbers[name] { return known }
    guard let fresh = EntityNumber(position: position, ordinal: ordinal) else {
      throw LogError(.corruption, "the event at \(position) brings in too many names")
    }
    ordinal += 1
    numbers[name] = fresh
    machine.cache.adopt(name, fresh)
    changed.insert(fresh)
    return fresh
  }

  /// What a stored reversal came to: the entity and the state it went back to.
  private func reversal(
    of target: ULID, by event: Event,
    from source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (Name?, Reversal?) {
    let fold = try StreamFold(endingAt: event.position, catalog: catalog, in: source)
    guard let undone = fold.events.first(where: { $0.event.envelope.eventID == target }) else {
      return (nil, nil)
    }
    let known = numbers
    let reversal = try fold.reversal(of: undone) { known[$0] }
    return (undone.addresses.entity, reversal)
  }

  /// The rows as they stand, by number, with what the log stores of each.
  package var rows: [EntityNumber: StateRow] { machine.cache.rows.mapValues(\.encoded) }

  /// One row as it stands.
  package func row(_ number: EntityNumber) -> StateRow? { machine.cache[number]?.encoded }

  /// Begins a new set of changed rows.
  package mutating func forgetChanges() { changed = [] }

  /// All names and their numbers.
  package var names: [Name: EntityNumber] { numbers }
}

extension StreamFold {
  /// What undoing `target` comes to, given that it is among the cancelled.
  func reversal(
    of target: ResolvedEvent, number: (Name) throws(LogError) -> EntityNumber?
  ) throws(LogError) -> Reversal {
    var state: (any EntityState)?
    if let entity = target.addresses.entity { state = try self.state(of: entity, number: number) }
    var facts: [Contribution] = []
    if let event = try target.domainEvent(number) {
      facts = factContributions(of: event).map {
        Contribution($0.target, $0.field, 0 &- $0.amount)
      }
    }
    return Reversal(
      revision: revision, state: state, facts: facts, target: target.event.position)
  }
}

extension Envelope {
  /// The name of the row of the event's run.
  package var runName: Name? {
    runID.flatMap { Name(Array("run-".utf8) + $0.utf8) }
  }
}
