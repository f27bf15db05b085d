internal import Bytes
internal import Events
internal import Pipeline

/// Whether an event means the same to all folds with another payload.
struct RedactedFold {
  private let event: Event
  private let definition: EventDefinition
  private let catalog: Catalog

  init(_ event: Event, _ definition: EventDefinition, _ catalog: Catalog) {
    self.event = event
    self.definition = definition
    self.catalog = catalog
  }

  /// What would be another, in words; nil when nothing is.
  func change(
    _ before: Payload, _ after: Payload, in log: some EventLog
  ) throws(LogError) -> String? {
    let one = try resolved(before)
    // A marker may be too long for a name, or have signs that none has.
    guard let other = try? resolved(after), try stream(after) == stream(before),
      other.addresses == one.addresses
    else { return "names that the log keeps are made of the secret" }
    guard let type = definition.type, type.isFoldedWithPayload else { return nil }
    // No number matters here, as long as it is one.
    let number = EntityNumber(16)
    guard let first = try one.domainEvent({ _ in number }),
      let second = try other.domainEvent({ _ in number })
    else { return nil }
    let states = try states(one.addresses.entity, in: log)
    guard factContributions(of: first) == factContributions(of: second),
      states.allSatisfy({ $0.isSame(after: first, second) })
    else { return "the state of \(event.envelope.stream) follows from the secret" }
    return nil
  }

  private func stream(_ payload: Payload) throws(LogError) -> Name? {
    try definition.stream?.resolved(payload, event.envelope.runID)
  }

  private func resolved(_ payload: Payload) throws(LogError) -> ResolvedEvent {
    ResolvedEvent(
      event: event, definition: definition, payload: payload,
      addresses: try Addresses(
        definition, payload, stream: event.envelope.stream, runID: event.envelope.runID))
  }

  /// The states that the event may have met: none yet, that of its stream, today's.
  private func states(
    _ entity: Name?, in log: some EventLog
  ) throws(LogError) -> [any EntityState] {
    guard let entity, let type = entityType(of: Category(of: entity)) else { return [] }
    var states: [any EntityState] = [type.init()]
    var before = ReadStateBefore(
      entity: entity, last: event.envelope.previousInStream, catalog: catalog)
    if let state = try log.read(&before) { states.append(state) }
    var now = ReadState(name: entity)
    if let state = try log.read(&now) { states.append(state) }
    return states
  }
}

/// Reads the state that one stream's events up to a position give an entity.
private struct ReadStateBefore: ReadUnit {
  let entity: Name
  let last: Position
  let catalog: Catalog

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (any EntityState)? {
    guard last > .none else { return nil }
    return try StreamFold(endingAt: last, catalog: catalog, in: tables)
      .state(of: entity) { (name) throws(LogError) in try tables.number(of: name) }
  }
}

extension EntityState {
  /// Whether two events take this state to the same, with the same shares.
  fileprivate func isSame(after one: DomainEvent, _ other: DomainEvent) -> Bool {
    var (first, second) = (self, self)
    first.evolve(one)
    second.evolve(other)
    return first == second && first.facts(of: one) == second.facts(of: other)
  }
}
