internal import Bytes
internal import Events
internal import Pipeline

/// One stream read whole, for undoing: which of its events are cancelled, and what state each
/// entity in it had at any point.
struct StreamFold {
  private(set) var events: [ResolvedEvent] = []
  /// The ids of events that a later `event_reversed` of the stream cancels.
  private(set) var cancelled: Set<ULID> = []
  /// The stream's revision that was read.
  private(set) var revision: UInt64 = 0

  /// Reads a stream through its links.
  ///
  /// - Parameter last: the stream's last position; later events are left out.
  init(
    endingAt last: Position, catalog: Catalog,
    in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    for event in try history(endingAt: last, in: tables) {
      revision = event.envelope.revision
      guard let resolved = try catalog.resolve(event) else { continue }
      if let target = resolved.reversedID { cancelled.insert(target) }
      events.append(resolved)
    }
  }

  /// Takes an event for cancelled as well, as a plan goes on.
  mutating func cancel(_ id: ULID) { cancelled.insert(id) }

  /// The uncancelled events that changed an entity's judged state, oldest first.
  func judged(_ entity: Name) -> [ResolvedEvent] {
    events.filter {
      $0.addresses.entity == entity && $0.reversedID == nil && !$0.definition.isNeutral
        && !cancelled.contains($0.event.envelope.eventID)
    }
  }

  /// An entity's state after all events that are not cancelled, or those before a position.
  func state(
    of entity: Name, before end: Position? = nil,
    number: (Name) throws(LogError) -> EntityNumber?
  ) throws(LogError) -> (any EntityState)? {
    guard var state = entityType(of: Category(of: entity))?.init() else { return nil }
    for resolved in events where resolved.addresses.entity == entity {
      if let end, resolved.event.position >= end { break }
      guard !cancelled.contains(resolved.event.envelope.eventID), resolved.reversedID == nil,
        let event = try resolved.domainEvent(number)
      else { continue }
      state.evolve(event)
    }
    return state
  }
}
