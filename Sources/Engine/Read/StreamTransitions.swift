internal import Bytes
internal import Events
internal import Pipeline

/// What each event of a stream did, found by going through it once from its beginning.
struct StreamTransitions: ReadUnit {
  let stream: Name
  /// An event of the stream; of a stream that is too long, those behind it are left out.
  let event: Event
  let revisionMax: UInt64
  let catalog: Catalog

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> [Position: EntityTransition] {
    let events = try StreamFold(endingAt: end(tables), catalog: catalog, in: tables).events
    var transitions: [Position: EntityTransition] = [:]
    var states: [Name: any EntityState] = [:]
    var cancelled: Set<ULID> = []
    for (index, resolved) in events.enumerated() {
      var target: ResolvedEvent?
      if let id = resolved.reversedID {
        cancelled.insert(id)
        target = events[..<index].first { $0.event.envelope.eventID == id }
      } else {
        target = resolved
      }
      guard let entity = target?.addresses.entity, !entity.isChangedElsewhere(than: stream),
        let initial = entityType(of: Category(of: entity))?.init()
      else { continue }
      let before = states[entity] ?? initial
      var after = before
      if resolved.reversedID == nil {
        guard let domain = try resolved.domainEvent({ _ in nil }) else { continue }
        after.evolve(domain)
      } else {
        after = initial
        for past in events[..<index]
        where past.addresses.entity == entity && past.reversedID == nil
          && !cancelled.contains(past.event.envelope.eventID)
        {
          if let domain = try past.domainEvent({ _ in nil }) { after.evolve(domain) }
        }
      }
      states[entity] = after
      transitions[resolved.event.position] = EntityTransition(
        entity: entity, before: before.stateName, after: after.stateName)
    }
    return transitions
  }

  private func end(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Position {
    guard let number = try tables.number(of: stream), let row = try tables.row(number),
      row.revision <= revisionMax
    else { return event.position }
    return max(event.position, row.last)
  }
}

extension Name {
  /// Whether an entity is no part of a stream's subject, so that events of other streams may change
  /// it as well: a reservation is charged in the streams of several runs.
  func isChangedElsewhere(than stream: Name) -> Bool {
    Category(of: self) != Category(of: stream)
  }
}
