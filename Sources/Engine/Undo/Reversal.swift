package import Events
package import Pipeline

/// What undoing one event comes to, worked out before the lock is taken.
package struct Reversal: Sendable {
  /// The stream's revision that it was worked out at: the append conflicts when it has moved.
  package var revision: UInt64
  /// The entity's state as it was before the event; nil when the event changed no entity.
  package var state: (any EntityState)?
  /// The event itself when it is neutral: the entity takes it back, and is otherwise as it is.
  package var neutral: DomainEvent?
  /// What the event's own shares in sums are taken back by.
  package var facts: [Contribution]
  /// The event that is undone.
  package var target: Position
  /// What depends on the events that are undone: looked for up to a position, so far.
  var dependents: (known: Position, search: UndoDependents)?

  package init(
    revision: UInt64, state: (any EntityState)?, neutral: DomainEvent?, facts: [Contribution],
    target: Position
  ) {
    self.revision = revision
    self.state = state
    self.neutral = neutral
    self.facts = facts
    self.target = target
  }
}
