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
package struct WorkstreamState: DeclaredMachine {
  package static let category = Category.workstream
  package static let layout: UInt8 = 1
  package static let declaration = EventType.workstream_created
  package static let change = EventType.workstream_state_changed
  package static let first = WorkstreamStatus.planned

  package var status = WorkstreamStatus.absent
  package var declared = Position.none
  package var changed = Position.none

  package init() {}
}
