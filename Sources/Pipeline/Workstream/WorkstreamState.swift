package import Bytes
package import Events

/// The states of a workstream.
package enum WorkstreamStatus: UInt8, Lifecycle {
  case absent = 0, planned, ready, blocked, executing, validating, completed, failed, skipped
  case cancelled

  package static let thing = "workstream"

  /// A workstream may be known by its events alone, so the first event that names a state counts.
  package static let edges = Edges<WorkstreamStatus>([
    .absent: [
      .planned, .ready, .blocked, .executing, .validating, .completed, .failed, .skipped,
      .cancelled,
    ],
    .planned: [.ready, .blocked, .skipped, .cancelled],
    .blocked: [.ready],
    .ready: [.executing, .skipped, .cancelled],
    .executing: [.validating, .failed, .cancelled],
    .validating: [.completed, .failed],
  ])
}

/// A workstream: where it is, and where it was described.
package struct WorkstreamState: EntityState {
  package static let category = Category.workstream
  package static let layout: UInt8 = 1

  package var status = WorkstreamStatus.absent
  package var created = Position.none
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
    if event.type == .workstream_created { created = event.position }
  }

  private static func target(of event: DomainEvent) -> WorkstreamStatus? {
    switch event.type {
    case .workstream_created: .planned
    case .workstream_state_changed: WorkstreamStatus(named: event.payload.text("to"))
    default: nil
    }
  }
}

extension WorkstreamState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(WorkstreamStatus.self)
    created = reader.position()
    changed = reader.position()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(created)
    bytes.append(changed)
  }
}
