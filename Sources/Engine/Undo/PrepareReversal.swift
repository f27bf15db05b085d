internal import Bytes
internal import Events
internal import Pipeline
internal import Synchronization

/// Works out what undoing one event comes to.
///
/// Read outside the lock: the append checks that the stream has not moved since.
struct PlanReversal: ReadUnit {
  let target: ULID
  let catalog: Catalog
  let rules: Rules

  struct Planned {
    var stream: Name
    var entity: Name?
    var reversal: Reversal
  }

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Planned {
    guard let entry = try tables.entry(for: .event(target)),
      let event = try tables.event(at: entry.position)
    else { throw LogError(.notFound, "there is no event of id \(target) to undo") }
    guard let number = try tables.number(of: event.envelope.stream),
      let row = try tables.row(number)
    else {
      throw LogError(.corruption, "the stream \(event.envelope.stream) has no row")
    }
    var fold = try StreamFold(endingAt: row.last, catalog: catalog, in: tables)
    guard let resolved = fold.events.first(where: { $0.event.position == event.position }) else {
      throw LogError(
        .rejected,
        "the event at position \(event.position) can't be undone: its payload is gone or its type unknown"
      )
    }
    try fold.checkReversible(resolved, in: tables)
    // Names are looked up as the fold needs them; an entity without a row has no number.
    var numbers: [Name: EntityNumber] = [:]
    for name in fold.names {
      if let number = try tables.number(of: name) { numbers[name] = number }
    }
    if !resolved.definition.isNeutral {
      try fold.checkIsWhole(of: resolved.addresses.entity, numbers, in: tables)
    }
    let entity = resolved.addresses.entity
    let before = try entity.flatMap { name throws(LogError) in
      try resolved.definition.isNeutral
        ? ReadState(name: name).run(tables) : fold.state(of: name) { numbers[$0] }
    }
    fold.cancel(target)
    let reversal = try fold.reversal(of: resolved) { numbers[$0] }
    var after = resolved.definition.isNeutral ? before : reversal.state
    if let neutral = reversal.neutral { after?.takeBack(neutral) }
    var dependents = UndoDependents(catalog, rules)
    dependents.note(resolved, from: before, reversal, to: after)
    try dependents.check(tables)
    return Planned(
      stream: event.envelope.stream, entity: entity,
      reversal: reversal.knowing(dependents, upTo: try tables.head().position))
  }
}

extension StreamFold {
  /// All names that the stream's events concern.
  var names: Set<Name> {
    var names: Set<Name> = []
    for resolved in events {
      names.formUnion(resolved.addresses.adds.compactMap { $0 })
      if let run = resolved.addresses.run { names.insert(run) }
    }
    return names
  }

  /// Throws unless the event can be undone as the stream stands.
  func checkReversible(
    _ target: ResolvedEvent, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    let position = target.event.position
    let type = target.definition.name
    if cancelled.contains(target.event.envelope.eventID) {
      throw LogError(.rejected, "the event at position \(position) is undone already")
    }
    if target.reversedID != nil {
      throw LogError(
        .rejected, "position \(position) is a reversal, which can't be undone",
        hint: "Append the event anew")
    }
    try checkHasDiff(for: target, in: tables)
    switch target.definition.reversal {
    case .generic, .explicit: break
    case .domain:
      throw LogError(
        .rejected, "\(type) is undone by an action of its own",
        hint: "Use `\(target.undoCommand)`")
    case .none:
      throw LogError(
        .rejected, "\(type) records something that happened and can't be undone")
    }
    guard target.definition.reversal == .generic, !target.definition.isNeutral,
      let entity = target.addresses.entity
    else { return }
    if let newest = judged(entity).last, newest.event.position != position {
      throw LogError(
        .rejected, "the event at position \(position) is not the newest of \(entity)",
        actual: "\(newest.definition.name) at position \(newest.event.position) came after it",
        hint:
          "Undo that first, or the stream back to a revision: `uetlog compensate --stream "
          + "\(target.event.envelope.stream) --to \(target.event.envelope.revision - 1)`"
      )
    }
  }
}

extension StreamFold {
  /// Throws when undoing the event takes a patch's exact bytes, and they are gone.
  func checkHasDiff(
    for target: ResolvedEvent, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard target.definition.type == .patch_created || target.definition.reversal == .domain else {
      return
    }
    for patch in events {
      guard try patch.hasLostDiff(tables) else { continue }
      throw LogError(
        .rejected,
        "\(target.definition.name) can't be undone: the diff of \(patch.event.envelope.stream) "
          + "was redacted, its exact bytes are gone",
        actual: "a redacted payload at position \(patch.event.position)",
        hint: "Append a patch that puts it right")
    }
  }

  /// Throws when an entity's row is not what this stream's events alone make of it: undoing one of
  /// them would undo what events of other streams did as well.
  func checkIsWhole(
    of entity: Name?, _ numbers: [Name: EntityNumber],
    in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard let entity, let number = try tables.number(of: entity),
      let row = try tables.row(number), let stored = try decodeState(row),
      let folded = try state(of: entity, number: { numbers[$0] })
    else { return }
    guard folded.judgedDigest == stored.judgedDigest else {
      throw LogError(
        .rejected,
        "\(entity) was changed by events of other streams too: none can be undone alone",
        hint: "Append an event that puts it right")
    }
  }
}

/// Whether a draft's id or key is in the log already.
private struct FindStored: ReadUnit {
  let draft: PreparedDraft

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    if draft.hasGivenID, try tables.entry(for: .event(draft.envelope.eventID)) != nil {
      return true
    }
    if let key = draft.scopedKey { return try tables.entry(for: key) != nil }
    return false
  }
}

extension Engine {
  /// Prepares an `event_reversed` draft: its stream is its target's.
  func prepareReversal(_ draft: Draft) throws(LogError) -> PreparedDraft {
    let prepared = try preparer.withLock { (preparer) throws(LogError) in
      try preparer.prepare(draft)
    }
    guard let target = prepared.payload.text("target").flatMap({ ULID($0) }) else {
      throw LogError(.badInput, "event_reversed names its target by id", pointer: "/target")
    }
    // One that was stored before is not planned again: the append answers with its receipt.
    var known = FindStored(draft: prepared)
    if try log.read(&known) { return prepared }
    var plan = PlanReversal(target: target, catalog: catalog, rules: rules)
    let planned = try log.read(&plan)
    if let given = draft.stream, given != planned.stream.description {
      throw LogError(
        .badInput, "the target belongs to another stream", expected: planned.stream.description,
        actual: given, pointer: "/stream", hint: "Leave stream out: it follows from the target")
    }
    return prepared.reversing(
      target, stream: planned.stream, entity: planned.entity, planned.reversal)
  }
}
