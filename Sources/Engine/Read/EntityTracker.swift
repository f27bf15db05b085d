internal import Bytes
package import Events
internal import Pipeline

/// Tells what each event of a replay changed: the entity's state before and after.
///
/// An entity is folded from its stream when it is first met, then taken on event by event. When
/// the replay goes backwards or leaves events out, its stream is gone through once instead.
package struct EntityTracker<Log: EventLog> {
  private let engine: Engine<Log>
  private var states: [Name: any EntityState] = [:]
  /// The last event of each stream that `states` has taken in.
  private var ends: [Name: Position] = [:]
  /// What the events of streams did whose replay is not one event after the other.
  private var told: [Name: [Position: Transition]] = [:]
  private var toldCount = 0
  /// The next position, while no event of the log has been left out and nothing is forgotten.
  private var next: Position? = Position(1)
  /// Streams longer than this are not folded for the sake of a line on the screen.
  private static var revisionMax: UInt64 { 10_000 }
  private static var entityCountMax: Int { 50_000 }

  package init(_ engine: Engine<Log>) { self.engine = engine }

  /// What an event did.
  package typealias Transition = EntityTransition

  /// Takes in the next event of the replay; nil when it changes no entity or that can't be told.
  package mutating func take(_ event: Event) throws(LogError) -> Transition? {
    let stream = event.envelope.stream
    next = next == event.position ? event.position.next : nil
    guard event.envelope.revision <= Self.revisionMax else { return nil }
    if max(states.count, ends.count, toldCount) > Self.entityCountMax { forgetAll() }
    if let transition = told[stream]?[event.position] { return transition }
    if let end = ends[stream], end != event.envelope.previousInStream {
      var walk = StreamTransitions(
        stream: stream, event: event, revisionMax: Self.revisionMax, catalog: engine.catalog)
      let transitions = try engine.log.read(&walk)
      toldCount += transitions.count - (told[stream]?.count ?? 0)
      told[stream] = transitions
      return transitions[event.position]
    }
    ends[stream] = event.position
    var step = TrackStep(
      event: event, catalog: engine.catalog, states: states, isWhole: next != nil)
    guard let result = try engine.log.read(&step) else { return nil }
    states[result.entity] = result.after
    return Transition(
      entity: result.entity, before: result.before.stateName, after: result.after.stateName)
  }

  private mutating func forgetAll() {
    states.removeAll()
    ends.removeAll()
    told.removeAll()
    toldCount = 0
    next = nil
  }
}

/// The state of an entity before and after an event.
package struct EntityTransition: Hashable, Sendable {
  package var entity: Name
  package var before: String?
  package var after: String?
}

/// Finds one entity's state before and after an event.
private struct TrackStep: ReadUnit {
  let event: Event
  let catalog: Catalog
  let states: [Name: any EntityState]
  /// Whether `states` come from all events before this one.
  let isWhole: Bool

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
    if entity.isChangedElsewhere(than: event.envelope.stream) {
      return isWhole ? states[entity] ?? entityType(of: Category(of: entity))?.init() : nil
    }
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
