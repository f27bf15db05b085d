internal import Bytes
internal import Events
internal import Pipeline

/// Finds the events that a scope is made of, the reactions to them, and those that depend on them.
struct UndoTargets {
  let scope: UndoScope
  let catalog: Catalog
  /// The scope's events and their reactions, by position.
  private(set) var found: [Position: ResolvedEvent] = [:]
  /// Events outside of the scope that read an entity, oldest first.
  private(set) var readers: [(event: ResolvedEvent, entity: Name)] = []
  /// The ids of events that are cancelled already.
  private(set) var cancelled: Set<ULID> = []
  private var ids: Set<ULID> = []
  private var phases: [Name: String] = [:]

  init(_ scope: UndoScope, _ catalog: Catalog) {
    self.scope = scope
    self.catalog = catalog
  }

  /// Reads the log forward once, from the first event that can belong to the scope.
  mutating func scan(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    var position = try start(tables)
    let end = try tables.head().position
    while position <= end {
      guard let event = try tables.event(at: position) else {
        throw LogError(.corruption, "there is no event at position \(position)")
      }
      if let resolved = try catalog.resolve(event) { take(resolved) }
      position = position.next
    }
  }

  private func start(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Position {
    guard case .event(let reference) = scope else { return Position(1) }
    let read = ReadEvent(reference: reference)
    guard let event = try read.run(tables) else {
      throw LogError(.notFound, "there is no event of \(reference)")
    }
    return event.position
  }

  private mutating func take(_ resolved: ResolvedEvent) {
    if let reversed = resolved.reversedID {
      cancelled.insert(reversed)
      return
    }
    note(phaseOf: resolved)
    let envelope = resolved.event.envelope
    let isReaction =
      envelope.flags.contains(.reaction) && envelope.causationID.map { ids.contains($0) } ?? false
    if isReaction || belongs(resolved) {
      found[resolved.event.position] = resolved
      ids.insert(envelope.eventID)
    } else if !resolved.definition.isNeutral, !found.isEmpty {
      let touched = Set(found.values.compactMap { $0.addresses.entity })
      for name in resolved.addresses.reads where touched.contains(name) {
        readers.append((resolved, name))
      }
    }
  }

  private mutating func note(phaseOf resolved: ResolvedEvent) {
    guard let entity = resolved.addresses.entity, let phase = resolved.phase else { return }
    if phases[entity] == nil { phases[entity] = phase }
  }

  private func belongs(_ resolved: ResolvedEvent) -> Bool {
    let event = resolved.event
    switch scope {
    case .event(.position(let position)): return event.position == position
    case .event(.id(let id)): return event.envelope.eventID == id
    case .stream(let stream, let after):
      return event.envelope.stream == stream && event.envelope.revision > after
    case .run(let run): return event.envelope.runID == run
    case .phase(let phase):
      return (resolved.phase ?? resolved.addresses.entity.flatMap { phases[$0] }) == phase
    }
  }
}

extension ResolvedEvent {
  /// The phase that the payload names.
  var phase: String? {
    payload.text("phase_id") ?? payload.text(["spec", "phase_id"])
      ?? payload.text(["request", "phase_id"]) ?? payload.text(["artifact", "origin", "phase_id"])
  }
}
