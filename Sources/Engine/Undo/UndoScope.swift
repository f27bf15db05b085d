package import Bytes
package import Events

/// What is to be undone.
package enum UndoScope: Hashable, Sendable {
  case event(EventReference)
  /// Everything in a stream after a revision.
  case stream(Name, after: UInt64)
  case run(ULID)
  case phase(String)
}

/// What undoing a scope comes to: reversals, newest first, and what is left as it is.
package struct UndoPlan: Sendable {
  /// One event to reverse.
  package struct Step: Sendable {
    package var target: Event
    package var entity: Name?
    /// The entity's state as people see it, now and after the step.
    package var stateBefore: String?
    package var stateAfter: String?
    package var reversal: Reversal
  }

  /// An event of the scope that the plan does not undo, and why.
  package struct Left: Sendable {
    package var event: Event
    package var reason: String
    /// The command that undoes it, when there is one.
    package var command: String?
  }

  /// What proves that an entity is back where it was.
  package struct Proof: Hashable, Sendable {
    package var entity: Name
    package var state: String?
    /// A digest of the judged state before the oldest target; of all fields, as they are without
    /// the target, when that is neutral.
    package var before: UInt64
    /// The same after the plan.
    package var after: UInt64
    /// Whether the digests are of all fields.
    package var isOfAllFields = false

    package var holds: Bool { before == after }
  }

  package var steps: [Step] = []
  package var left: [Left] = []
  package var proofs: [Proof] = []
}
