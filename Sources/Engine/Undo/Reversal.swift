package import Events
package import Pipeline

/// What undoing one event comes to, worked out before the lock is taken.
///
/// An object, because drafts are many and hardly one of them has it.
package final class Reversal: Sendable {
  /// The stream's revision that it was worked out at: the append conflicts when it has moved.
  package let revision: UInt64
  /// The entity's state as it was before the event; nil when the event changed no entity.
  package let state: (any EntityState)?
  /// The event itself when it is neutral: the entity takes it back, and is otherwise as it is.
  package let neutral: DomainEvent?
  /// What the event's own shares in sums are taken back by.
  package let facts: [Contribution]
  /// The event that is undone.
  package let target: Position
  /// What depends on the events that are undone: looked for up to a position, so far.
  let dependents: (known: Position, search: UndoDependents)?

  init(
    revision: UInt64, state: (any EntityState)?, neutral: DomainEvent?, facts: [Contribution],
    target: Position, dependents: (known: Position, search: UndoDependents)? = nil
  ) {
    self.revision = revision
    self.state = state
    self.neutral = neutral
    self.facts = facts
    self.target = target
    self.dependents = dependents
  }

  /// The same at another revision of the stream.
  func at(revision: UInt64) -> Reversal {
    Reversal(
      revision: revision, state: state, neutral: neutral, facts: facts, target: target,
      dependents: dependents)
  }

  /// The same with what is known of the events that depend on it, up to a position.
  func knowing(_ search: UndoDependents, upTo known: Position) -> Reversal {
    Reversal(
      revision: revision, state: state, neutral: neutral, facts: facts, target: target,
      dependents: (known, search))
  }
}
