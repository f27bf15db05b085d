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
  /// What the last event added to sums: kept for its memory.
  private var sums: [Contribution] = []

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
    var stream: RowCache.Slot
    var entity: RowCache.Slot?
    var run: RowCache.Slot?
    var position: Position
    /// For a reversal: the state that the entity goes back to.
    var reversal: Reversal?
  }

  /// Takes one event in; the rows it touches must be loaded or created, those that its
  /// contributions reach are loaded here.
  ///
  /// - Parameter event: nil for a user's own type, and when its payload is gone.
  mutating func take(
    _ event: DomainEvent?, _ input: Input,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    while !changes.isEmpty { changes.removeLast() }
    while !sums.isEmpty { sums.removeLast() }
    cache.advance(input.stream, to: input.position)
    if let run = input.run { cache.noteInRun(run, input.position) }
    if let slot = input.entity {
      remember(slot)
      if let reversal = input.reversal {
        restore(slot, reversal)
      } else if let event {
        cache.evolve(slot, event, &sums)
      }
    }
    if let event {
      let facts = factContributions(of: event)
      if !facts.isEmpty { sums += facts }
      if let slot = input.entity { cache.noteFacts(of: event, slot, &sums) }
    }
    if let reversal = input.reversal { sums += reversal.facts }
    // Shares of one row mostly come together.
    var next = 0
    while next < sums.count {
      let (first, target) = (next, sums[next].target)
      var isChange = false
      while next < sums.count, sums[next].target == target {
        if sums[next].amount != 0 { isChange = true }
        next += 1
      }
      guard isChange, target != .none else { continue }
      let slot = try cache.load(target, from: tables)
      remember(slot, toSums: true)
      cache.add(slot, sums[first..<next])
    }
  }

  /// Keeps a row's state for the reactions to its change.
  private mutating func remember(_ slot: RowCache.Slot, toSums: Bool = false) {
    guard tellsChanges, cache.reacts(slot, toSums: toSums),
      !changes.contains(where: { $0.slot == slot }), let before = cache.state(slot)
    else { return }
    changes.append(Change(slot: slot, before: before))
  }

  private mutating func restore(_ slot: RowCache.Slot, _ reversal: Reversal) {
    guard let before = cache.state(slot) else { return }
    var after = before
    if let event = reversal.neutral {
      after.takeBack(event)
    } else {
      guard let restored = reversal.state else { return }
      after = restored.keepingNeutralFields(of: before)
    }
    sums.note(before.contributions(), after.contributions())
    cache.set(after, slot)
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
