internal import Bytes
internal import Events
internal import Pipeline

/// Finds events that were accepted only because of those that are to be undone.
///
/// A schema's `reads` alone don't tell: guards also look at rows that an earlier event names, and
/// at sums that others add to. So the log is folded twice, side by side, with the targets and
/// without them, and each later event that may depend on them is decided on again in both: one that
/// only the history with the targets accepts stands in the way.
struct UndoDependents {
  let catalog: Catalog
  let rules: Rules
  /// The rows that the plan changes directly.
  private(set) var touched: Set<Name> = []
  /// The rows whose sums it changes.
  private(set) var summed: Set<EntityNumber> = []
  /// The events that it undoes.
  private var targets: [Position: ResolvedEvent] = [:]

  init(_ catalog: Catalog, _ rules: Rules) {
    self.catalog = catalog
    self.rules = rules
  }

  /// Takes note of one event that is to be undone, and of its entity before and after that.
  mutating func note(
    _ target: ResolvedEvent, from before: (any EntityState)?, _ reversal: Reversal,
    to after: (any EntityState)?
  ) {
    targets[target.event.position] = target
    if let entity = target.addresses.entity { touched.insert(entity) }
    var changes = reversal.facts
    changes.note(before?.contributions() ?? [], after?.contributions() ?? [])
    summed.formUnion(changes.map(\.target))
  }

  /// Throws when an event would not have been accepted without the targets.
  func check(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard let first = targets.keys.min() else { return }
    let candidates = try candidates(after: first, tables)
    guard let last = candidates.max() else { return }
    let cancelled = try cancelled(tables)
    var with = Folder(catalog: catalog, rules: rules, answersNames: true)
    var without = with
    var position = Position(1)
    while position <= last {
      let event = try stored(position, tables)
      if let resolved = try resolve(event, tables) {
        if candidates.contains(position), !cancelled.contains(event.envelope.eventID),
          try with.refusal(of: resolved, in: tables) == nil,
          let refusal = try without.refusal(of: resolved, in: tables)
        {
          throw dependent(resolved, refusal)
        }
        if resolved.reversedID == nil, !cancelled.contains(event.envelope.eventID) {
          try with.take(event, from: tables)
          if targets[position] == nil { try without.take(event, from: tables) }
        }
      }
      position = position.next
    }
  }

  /// Whether what was decided about an event may have depended on the targets.
  ///
  /// Neutral events never stand in the way of undoing, and those of imports were not decided on.
  func mayDepend(
    _ resolved: ResolvedEvent, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    guard let type = resolved.definition.type, !resolved.definition.isNeutral,
      resolved.reversedID == nil, !resolved.event.envelope.flags.contains(.imported),
      targets[resolved.event.position] == nil
    else { return false }
    if let entity = resolved.addresses.entity,
      let state = entityType(of: Category(of: entity)), state.readsMore(for: type)
    {
      return true
    }
    for name in resolved.addresses.reads + [resolved.addresses.entity].compactMap({ $0 }) {
      if touched.contains(name) { return true }
      if let number = try tables.number(of: name), summed.contains(number) { return true }
    }
    return false
  }

  private func candidates(
    after first: Position, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Set<Position> {
    var candidates: Set<Position> = []
    let end = try tables.head().position
    var position = first.next
    while position <= end {
      if let resolved = try resolve(stored(position, tables), tables),
        try mayDepend(resolved, tables)
      {
        candidates.insert(position)
      }
      position = position.next
    }
    return candidates
  }

  /// The ids of all events that are undone already.
  private func cancelled(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Set<ULID> {
    var cancelled: Set<ULID> = []
    try tables.scan(from: Position(1)) { (_, record) throws(LogError) in
      if let target = record.envelope.reverses { cancelled.insert(target) }
      return true
    }
    return cancelled
  }

  private func stored(
    _ position: Position, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Event {
    guard let event = try tables.event(at: position) else {
      throw LogError(.corruption, "there is no event at position \(position)")
    }
    return event
  }

  private func resolve(
    _ event: Event, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> ResolvedEvent? {
    try catalog.learn(event.envelope.type, from: tables)
    return try catalog.resolve(event)
  }

  private func dependent(_ resolved: ResolvedEvent, _ refusal: LogError) -> LogError {
    let position = resolved.event.position
    let cause = targets.keys.filter { $0 < position }.max().flatMap { targets[$0] }
    let what = cause.map { "\($0.definition.name) at position \($0.event.position)" } ?? "it"
    return LogError(
      .rejected,
      "\(resolved.definition.name) at position \(position) depends on \(what): without it, "
        + refusal.message,
      hint: "Undo position \(position) first, or a scope that holds both")
  }
}
