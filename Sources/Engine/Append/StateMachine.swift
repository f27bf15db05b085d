internal import Bytes
internal import Events
internal import Pipeline

/// Takes events into rows: state, sums, links of the run.
///
/// Appending and folding share it, so that a view can't differ from the fold of the log.
struct StateMachine: Sendable {
  var cache = RowCache()
  let rules: Rules
  /// Whether `changes` is kept; a fold does not ask for it, and so needs no copies.
  private let tellsChanges: Bool
  /// The rows that the last event changed and whose states have reactions to that, as they were.
  private(set) var changes: [Change] = []

  init(rules: Rules, tellsChanges: Bool = true) {
    self.rules = rules
    self.tellsChanges = tellsChanges
  }

  /// A row that an event changed, and its state before.
  struct Change: Sendable {
    var slot: RowCache.Slot
    var before: any EntityState
  }

  /// What of an event the rows depend on.
  struct Input {
    var event: DomainEvent?
    var stream: RowCache.Slot
    var entity: RowCache.Slot?
    var run: RowCache.Slot?
    var position: Position
    /// For a reversal: the state that the entity goes back to.
    var reversal: Reversal?
  }

  /// Takes one event in; the rows it touches must be loaded or created, those that its
  /// contributions reach are loaded here.
  mutating func take(
    _ input: Input, from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    while changes.popLast() != nil {}
    cache.advance(input.stream, to: input.position)
    if let run = input.run { _ = cache.change(run) { $0.noteInRun(input.position) } }
    var sums: [Contribution] = []
    if let slot = input.entity {
      if let reversal = input.reversal {
        restore(slot, reversal, &sums)
      } else if let event = input.event {
        evolve(slot, event, &sums)
      }
    }
    if let event = input.event {
      let facts = factContributions(of: event)
      if !facts.isEmpty { sums += facts }
    }
    if let reversal = input.reversal { sums += reversal.facts }
    for sum in sums where sum.target != .none && sum.amount != 0 {
      let slot = try cache.load(sum.target, from: tables)
      remember(slot, toSums: true)
      _ = cache.change(slot) { $0.add(sum.field, sum.amount) }
    }
  }

  /// Keeps a row's state for the reactions to its change.
  private mutating func remember(_ slot: RowCache.Slot, toSums: Bool = false) {
    guard tellsChanges, cache.reacts(slot, toSums: toSums),
      !changes.contains(where: { $0.slot == slot }), let before = cache.state(slot)
    else { return }
    changes.append(Change(slot: slot, before: before))
  }

  private mutating func restore(
    _ slot: RowCache.Slot, _ reversal: Reversal, _ sums: inout [Contribution]
  ) {
    guard let before = cache.state(slot), let restored = reversal.state else { return }
    let after = restored.keepingNeutralFields(of: before)
    Self.note(before.contributions(), after.contributions(), &sums)
    remember(slot)
    cache.set(after, slot)
  }

  private mutating func evolve(
    _ slot: RowCache.Slot, _ event: DomainEvent, _ sums: inout [Contribution]
  ) {
    remember(slot)
    let shares = cache.change(slot) { state in
      let old = state.contributions()
      state.evolve(event)
      return (old, state.contributions())
    }
    if let (old, new) = shares { Self.note(old, new, &sums) }
  }

  /// Equal shares would cancel: most events change none, and then touch no other row.
  private static func note(
    _ old: [Contribution], _ new: [Contribution], _ sums: inout [Contribution]
  ) {
    guard old != new else { return }
    sums += old.map { Contribution($0.target, $0.field, 0 &- $0.amount) }
    sums += new
  }
}

extension EntityState {
  /// This state with the neutral fields of `current`, when that is of the same type.
  func keepingNeutralFields(of current: any EntityState) -> any EntityState {
    guard let current = current as? Self else { return self }
    var kept = self
    kept.keepNeutralFields(of: current)
    return kept
  }
}
