internal import Bytes
internal import Events
internal import Pipeline

/// Takes events into rows: state, sums, links of the run.
///
/// Appending and folding share it, so that a view can't differ from the fold of the log.
struct StateMachine {
  var cache = RowCache()
  let rules: Rules
  /// Whether `take` tells the states before and after; a fold does not ask, and so needs no
  /// copies.
  private let tellsChanges: Bool

  init(rules: Rules, tellsChanges: Bool = true) {
    self.rules = rules
    self.tellsChanges = tellsChanges
  }

  /// A row that an event changed, before and after.
  struct Change {
    var number: EntityNumber
    /// Nil when the row was reached by number only.
    var name: Name?
    var before: any EntityState
    var after: any EntityState
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
  ) throws(LogError) -> [Change] {
    cache.advance(input.stream, to: input.position)
    if let run = input.run { cache.noteInRun(run, input.position) }
    var changes: [Change] = []
    var sums: [Contribution] = []
    if let slot = input.entity {
      if !tellsChanges, input.reversal == nil {
        if let event = input.event { cache.evolve(slot, event, &sums) }
      } else if let change = self.change(slot, input, &sums) {
        changes.append(change)
      }
    }
    if let event = input.event {
      sums += factContributions(of: event)
      if let slot = input.entity, let state = cache.state(slot) { sums += state.facts(of: event) }
    }
    if let reversal = input.reversal { sums += reversal.facts }
    if !sums.isEmpty { try add(sums, from: tables, &changes) }
    return changes
  }

  private mutating func change(
    _ slot: RowCache.Slot, _ input: Input, _ sums: inout [Contribution]
  ) -> Change? {
    guard let before = cache.state(slot) else { return nil }
    var after = before
    if let reversal = input.reversal {
      if let event = reversal.neutral {
        after.takeBack(event)
      } else {
        guard let restored = reversal.state else { return nil }
        after = restored.keepingNeutralFields(of: before)
      }
    } else if let event = input.event {
      after.evolve(event)
    }
    sums.note(before.contributions(), after.contributions())
    cache.set(after, slot)
    return Change(
      number: cache.number(slot), name: cache.name(slot), before: before, after: after)
  }

  private mutating func add(
    _ sums: [Contribution], from tables: borrowing some LogReader & ~Copyable & ~Escapable,
    _ changes: inout [Change]
  ) throws(LogError) {
    for sum in sums where sum.target != .none && sum.amount != 0 {
      let slot = try cache.load(sum.target, from: tables)
      guard tellsChanges else {
        cache.add(slot, sum)
        continue
      }
      guard let before = cache.state(slot) else { continue }
      var after = before
      after.add(sum.field, sum.amount)
      cache.set(after, slot)
      if let index = changes.firstIndex(where: { $0.number == sum.target }) {
        changes[index].after = after
      } else {
        changes.append(
          Change(number: sum.target, name: cache.name(slot), before: before, after: after))
      }
    }
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
