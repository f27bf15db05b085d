internal import Bytes
internal import Events
internal import Pipeline

/// Plans the undoing of a scope: which events are reversed, in which order, and what that comes to.
struct UndoPlanner: ReadUnit {
  let scope: UndoScope
  let catalog: Catalog
  let rules: Rules

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> UndoPlan {
    var targets = UndoTargets(scope, catalog)
    try targets.scan(tables)
    if case .event(let reference) = scope, targets.found.isEmpty {
      throw LogError(
        .rejected,
        "the event of \(reference) can't be undone: it is a reversal, without payload, or of a lost type",
        hint: "Append the event anew")
    }
    try checkHasDiff(targets, tables)
    var plan = UndoPlan()
    let chosen = try choose(targets, tables, &plan)
    try checkReaders(targets, chosen)
    var dependents = UndoDependents(catalog, rules)
    try addSteps(chosen, tables, &plan, &dependents)
    try dependents.check(tables)
    let known = try tables.head().position
    for index in plan.steps.indices {
      plan.steps[index].reversal = plan.steps[index].reversal.knowing(dependents, upTo: known)
    }
    return plan
  }

  /// Refuses to undo one event that takes the bytes of a patch, when they are gone.
  private func checkHasDiff(
    _ targets: UndoTargets, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard case .event = scope,
      let target = targets.found.min(by: { $0.key < $1.key })?.value,
      target.definition.reversal == .domain
    else { return }
    try StreamFold(of: target.event.envelope.stream, catalog: catalog, in: tables)
      .checkHasDiff(for: target, in: tables)
  }

  /// The events to reverse, newest first; what can't be is listed as left.
  private func choose(
    _ targets: UndoTargets, _ tables: borrowing some LogReader & ~Copyable & ~Escapable,
    _ plan: inout UndoPlan
  ) throws(LogError) -> [ResolvedEvent] {
    var isSingle = false
    if case .event = scope { isSingle = true }
    var chosen: [ResolvedEvent] = []
    // An entity with an event that only an action undoes keeps all events before that one.
    var blocked: [Name: String] = [:]
    for resolved in targets.found.values.sorted(by: { $0.event.position > $1.event.position }) {
      let isCancelled = targets.cancelled.contains(resolved.event.envelope.eventID)
      let isScopeItself = isSingle && !resolved.event.envelope.flags.contains(.reaction)
      if isCancelled, isScopeItself {
        throw LogError(
          .rejected, "the event at position \(resolved.event.position) is undone already")
      }
      if isCancelled { continue }
      if isSingle, chosen.isEmpty || isScopeItself, resolved.definition.reversal != .generic,
        resolved.definition.reversal != .explicit,
        !resolved.event.envelope.flags.contains(.reaction)
      {
        try refuse(resolved)
      }
      if let reason = try reasonToLeave(resolved, isSingle: isSingle, blocked, tables) {
        plan.left.append(
          UndoPlan.Left(
            event: resolved.event, reason: reason,
            command: resolved.definition.reversal == .domain
              ? resolved.undoCommand : nil))
        if resolved.definition.reversal == .domain, let entity = resolved.addresses.entity {
          blocked[entity] = resolved.definition.name
        }
      } else {
        chosen.append(resolved)
      }
    }
    return chosen
  }

  private func reasonToLeave(
    _ resolved: ResolvedEvent, isSingle: Bool, _ blocked: [Name: String],
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> String? {
    if let entity = resolved.addresses.entity, let type = blocked[entity],
      !resolved.definition.isNeutral
    {
      return "came before \(type), which stays"
    }
    if !isSingle, try resolved.hasLostDiff(tables) { return "has a diff that was redacted" }
    switch resolved.definition.reversal {
    case .generic: return resolved.addresses.entity == nil ? "changes no state" : nil
    case .explicit: return isSingle ? nil : "is money spent: undone only by --event with --reason"
    case .domain: return "is undone by an action of its own"
    case .none: return "records something that happened"
    }
  }

  private func refuse(_ resolved: ResolvedEvent) throws(LogError) {
    switch resolved.definition.reversal {
    case .domain:
      throw LogError(
        .rejected, "\(resolved.definition.name) is undone by an action of its own",
        hint: "Use `\(resolved.undoCommand)`")
    default:
      throw LogError(
        .rejected,
        "\(resolved.definition.name) records something that happened and can't be undone")
    }
  }

  /// Refuses when an event that stays was decided on with an entity that the plan changes.
  private func checkReaders(
    _ targets: UndoTargets, _ chosen: [ResolvedEvent]
  ) throws(LogError) {
    for (reader, entity) in targets.readers
    where !targets.cancelled.contains(reader.event.envelope.eventID) {
      guard
        let target = chosen.last(where: {
          $0.addresses.entity == entity && $0.event.position < reader.event.position
        })
      else { continue }
      throw LogError(
        .rejected,
        "\(reader.definition.name) at position \(reader.event.position) depends on \(entity) as \(target.definition.name) at position \(target.event.position) left it",
        hint: "Undo position \(reader.event.position) first, or a scope that holds both")
    }
  }

  private func addSteps(
    _ chosen: [ResolvedEvent], _ tables: borrowing some LogReader & ~Copyable & ~Escapable,
    _ plan: inout UndoPlan, _ dependents: inout UndoDependents
  ) throws(LogError) {
    var folds: [Name: StreamFold] = [:]
    var numbers: [Name: EntityNumber] = [:]
    var stepCounts: [Name: UInt64] = [:]
    var oldest: [Name: (position: Position, stream: Name)] = [:]
    for resolved in chosen {
      let stream = resolved.event.envelope.stream
      if folds[stream] == nil {
        let fold = try StreamFold(of: stream, catalog: catalog, in: tables)
        for name in fold.names { numbers[name] = try tables.number(of: name) }
        folds[stream] = fold
      }
      guard var fold = folds[stream] else { continue }
      try fold.checkReversible(resolved, in: tables)
      let entity = resolved.addresses.entity
      let isNeutral = resolved.definition.isNeutral
      if let entity, !isNeutral, oldest[entity] == nil {
        try fold.checkIsWhole(of: entity, numbers, in: tables)
      }
      let before = try entity.flatMap { name throws(LogError) in
        try fold.state(of: name) { numbers[$0] }
      }
      fold.cancel(resolved.event.envelope.eventID)
      let reversal = try fold.reversal(of: resolved) { numbers[$0] }
        .at(revision: fold.revision + stepCounts[stream, default: 0])
      stepCounts[stream, default: 0] += 1
      folds[stream] = fold
      if isNeutral {
        try addNeutralStep(resolved, reversal, tables, &plan, &dependents)
        continue
      }
      dependents.note(resolved, from: before, reversal, to: reversal.state)
      if let entity { oldest[entity] = (resolved.event.position, stream) }
      plan.steps.append(
        UndoPlan.Step(
          target: resolved.event, entity: entity, stateBefore: before?.stateName,
          stateAfter: reversal.state?.stateName, reversal: reversal))
    }
    for (entity, origin) in oldest.sorted(by: { $0.key < $1.key }) {
      guard let fold = folds[origin.stream],
        let before = try fold.state(of: entity, before: origin.position, number: { numbers[$0] }),
        let after = try fold.state(of: entity, number: { numbers[$0] })
      else { continue }
      plan.proofs.append(
        UndoPlan.Proof(
          entity: entity, state: after.stateName, before: before.judgedDigest,
          after: after.judgedDigest))
    }
  }
}

extension UndoPlanner {
  /// Undoing a neutral event changes only the fields it owns, from whatever stream others came.
  private func addNeutralStep(
    _ target: ResolvedEvent, _ reversal: Reversal,
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable, _ plan: inout UndoPlan,
    _ dependents: inout UndoDependents
  ) throws(LogError) {
    let before = try target.addresses.entity.flatMap { name throws(LogError) in
      try ReadState(name: name).run(tables)
    }
    var after = before
    if let event = reversal.neutral { after?.takeBack(event) }
    dependents.note(target, from: before, reversal, to: after)
    plan.steps.append(
      UndoPlan.Step(
        target: target.event, entity: target.addresses.entity, stateBefore: before?.stateName,
        stateAfter: after?.stateName, reversal: reversal))
    guard let entity = target.addresses.entity, let after else { return }
    plan.proofs.append(
      UndoPlan.Proof(
        entity: entity, state: after.stateName, before: after.digest, after: after.digest,
        isOfAllFields: true))
  }
}

extension StreamFold {
  /// Reads the whole of a stream.
  init(
    of stream: Name, catalog: Catalog, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard let number = try tables.number(of: stream), let row = try tables.row(number) else {
      throw LogError(.corruption, "the stream \(stream) has no row", hint: "Run `uetlog verify`")
    }
    try self.init(endingAt: row.last, catalog: catalog, in: tables)
  }
}

extension EntityState {
  /// A digest of the state without what neutral events own.
  var judgedDigest: UInt64 {
    var judged = self
    judged.keepNeutralFields(of: Self())
    return judged.digest
  }

  /// A digest of all fields.
  var digest: UInt64 {
    var bytes: [UInt8] = [Self.category.rawValue, Self.layout]
    write(to: &bytes)
    return Digest.sha256(of: bytes).prefix64
  }
}
