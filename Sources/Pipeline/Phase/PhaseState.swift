package import Bytes
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
package struct PhaseState: EntityState {
  package static let category = Category.phase
  package static let layout: UInt8 = 1

  package var status = PhaseStatus.absent
  package var declared = Position.none
  package var changed = Position.none

  package init() {}

  package var stateName: String? { status.nameIfPresent }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    guard let target = Self.target(of: event) else { return [] }
    try status.mustAllow(target, context.name)
    return []
  }

  package mutating func evolve(_ event: DomainEvent) {
    guard let target = Self.target(of: event) else { return }
    status = target
    changed = event.position
    if event.type == .phase_declared { declared = event.position }
  }

  private static func target(of event: DomainEvent) -> PhaseStatus? {
    switch event.type {
    case .phase_declared: .planned
    case .phase_transition: PhaseStatus(named: event.payload.text("to"))
    default: nil
    }
  }
}

extension PhaseState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(PhaseStatus.self)
    declared = reader.position()
    changed = reader.position()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(declared)
    bytes.append(changed)
  }
}
