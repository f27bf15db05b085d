package import Events

/// The states of a phase.
package enum PhaseStatus: UInt8, Lifecycle {
  case absent = 0, planned, running, validating, completed, failed
  case compensating, compensated, compensation_failed

  package static let thing = "phase"

  /// A phase may be known by its events alone, so the first event that names a state counts.
  package static let edges = Edges<PhaseStatus>([
    .absent: [
      .planned, .running, .validating, .completed, .failed, .compensating, .compensated,
      .compensation_failed,
    ],
    .planned: [.running],
    .running: [.validating],
    .validating: [.completed, .failed],
    .completed: [.compensating],
    .failed: [.compensating],
    .compensating: [.compensated, .compensation_failed],
  ])
}

/// A phase: where it is, and where its specification is.
package struct PhaseState: DeclaredMachine {
  package static let category = Category.phase
  package static let layout: UInt8 = 1
  package static let declaration = EventType.phase_declared
  package static let change = EventType.phase_transition
  package static let first = PhaseStatus.planned

  package var status = PhaseStatus.absent
  package var declared = Position.none
  package var changed = Position.none

  package init() {}
}
