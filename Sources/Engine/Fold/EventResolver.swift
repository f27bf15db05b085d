internal import Bytes
internal import Events
internal import Pipeline
internal import Secrets

/// A stored event with its definition found and its payload parsed.
struct ResolvedEvent {
  var event: Event
  var definition: EventDefinition
  var payload: Payload
  var addresses: Addresses

  /// The command that undoes it.
  var undoCommand: String {
    definition.undoCommand(for: payload) ?? "uetlog help compensate"
  }

  /// The id of the event that this one cancels; nil for all but `event_reversed`.
  var reversedID: ULID? {
    guard definition.type == .event_reversed else { return nil }
    return payload.text("target").flatMap { ULID($0) }
  }

  /// Whether secrets were taken out of a patch's diff, and nobody can have it as it was: they were
  /// taken out after it was stored, or no sealed copy of it is kept.
  func hasLostDiff(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    guard definition.type == .patch_created,
      event.isRedacted || event.envelope.flags.contains(.masked),
      Masker.hasMarker(Array((payload.text(["artifact", "diff_text"]) ?? "").utf8))
    else { return false }
    if event.isRedacted { return true }
    return try SealedCopy.event(of: event.envelope.eventID, in: tables)
      .flatMap { SealedCopy($0) } == nil
  }
}

extension Catalog {
  /// Finds out what a stored event concerns; nil for a type that nobody knows any more and for a
  /// payload that is gone: such events are kept and change nothing.
  func resolve(_ event: Event) throws(LogError) -> ResolvedEvent? {
    guard let definition = try definition(event.envelope.type),
      let payload = event.payload.flatMap({ Payload($0) })
    else { return nil }
    return ResolvedEvent(
      event: event, definition: definition, payload: payload,
      addresses: try Addresses(
        definition, payload, stream: event.envelope.stream, runID: event.envelope.runID))
  }
}

extension ResolvedEvent {
  /// The event as `evolve` sees it; nil for a user's own type.
  func domainEvent(
    _ number: (Name) throws(LogError) -> EntityNumber?
  ) throws(LogError) -> DomainEvent? {
    guard let type = definition.type else { return nil }
    var adds: [EntityNumber] = []
    for name in addresses.adds {
      guard let name else {
        adds.append(.none)
        continue
      }
      adds.append(try number(name) ?? .none)
    }
    var run = EntityNumber.none
    if let name = addresses.run { run = try number(name) ?? .none }
    return DomainEvent(
      type: type, eventID: event.envelope.eventID, position: event.position,
      time: event.envelope.time, recordedAt: event.envelope.recordedAt,
      flags: event.envelope.flags, payload: payload, run: run, adds: adds)
  }
}
