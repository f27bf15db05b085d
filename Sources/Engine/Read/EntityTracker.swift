internal import Bytes
package import Events
internal import Pipeline

/// Tells what each event of a replay changed: the entity's state before and after.
///
/// An entity is folded from its stream when it is first met, then taken on event by event.
package struct EntityTracker<Log: EventLog> {
  private let engine: Engine<Log>
  private var states: [Name: any EntityState] = [:]
  /// Streams longer than this are not folded for the sake of a line on the screen.
  private static var revisionMax: UInt64 { 10_000 }
  private static var entityCountMax: Int { 50_000 }

  package init(_ engine: Engine<Log>) { self.engine = engine }

  /// What an event did.
  package struct Transition: Hashable, Sendable {
    package var entity: Name
    package var before: String?
    package var after: String?
  }

  /// Takes in the next event of the replay; nil when it changes no entity or that can't be told.
  package mutating func take(_ event: Event) throws(LogError) -> Transition? {
    guard event.envelope.revision <= Self.revisionMax else { return nil }
    if states.count > Self.entityCountMax { states.removeAll() }
    var step = TrackStep(event: event, catalog: engine.catalog, states: states)
    guard let result = try engine.log.read(&step) else { return nil }
    states[result.entity] = result.after
    return Transition(
      entity: result.entity, before: result.before.stateName, after: result.after.stateName)
  }
}

/// Finds one entity's state before and after an event.
private struct TrackStep: ReadUnit {
  let event: Event
  let catalog: Catalog
  let states: [Name: any EntityState]

  struct Result {
    var entity: Name
    var before: any EntityState
    var after: any EntityState
  }

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Result? {
    guard let resolved = try catalog.resolve(event) else { return nil }
    if resolved.reversedID != nil { return try reversal(resolved, tables) }
    guard let entity = resolved.addresses.entity else { return nil }
    guard let before = try known(entity, tables),
      let domain = try resolved.domainEvent({ _ in nil })
    else {
      return nil
    }
    var after = before
    after.evolve(domain)
    return Result(entity: entity, before: before, after: after)
  }

  /// The entity's state before the event: as the replay left it, else folded.
  private func known(
    _ entity: Name, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (any EntityState)? {
    if let state = states[entity] { return state }
    let fold = try StreamFold(
      endingAt: event.envelope.previousInStream, catalog: catalog, in: tables)
    return try fold.state(of: entity) { _ in nil }
  }

  private func reversal(
    _ resolved: ResolvedEvent, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Result? {
    let fold = try StreamFold(endingAt: event.position, catalog: catalog, in: tables)
    guard
      let target = fold.events.first(where: {
        $0.event.envelope.eventID == resolved.reversedID
      }), let entity = target.addresses.entity,
      let before = try known(entity, tables),
      let after = try fold.state(of: entity, number: { _ in nil })
    else { return nil }
    return Result(entity: entity, before: before, after: after)
  }
}
