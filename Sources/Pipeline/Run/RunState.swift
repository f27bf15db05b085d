package import Bytes
package import Events

/// The states of a run.
package enum RunStatus: UInt8, Lifecycle {
  case absent = 0, pending, running, succeeded, failed, canceled, quarantined

  package static let thing = "run"

  /// A run may be known by its events alone, so the first event that names a state counts.
  package static let edges = Edges<RunStatus>([
    .absent: [.pending, .running, .succeeded, .failed, .canceled, .quarantined],
    .pending: [.running, .canceled],
    .running: [.succeeded, .failed, .quarantined, .canceled],
    .failed: [.quarantined],
  ])
}

/// A run: where it is and what was counted in it.
package struct RunState: StatusMachine {
  package static let category = Category.run
  package static let layout: UInt8 = 1

  /// The latest event of the run, in whatever stream; the engine keeps it.
  package var lastInRun = Position.none
  package var status = RunStatus.absent
  package var created = Position.none
  package var started = Position.none
  package var ended = Position.none
  /// The event that led to the present state: it has the reason.
  package var changed = Position.none
  package var stepAttempts: Int64 = 0
  package var patchesCreated: Int64 = 0
  package var patchesApplied: Int64 = 0
  package var errors: Int64 = 0

  package init() {}

  package var declaration: Position? { created }

  package var latestInRun: Position? { lastInRun }

  package mutating func noteInRun(_ position: Position) { lastInRun = position }

  package mutating func enter(_ event: DomainEvent) {
    changed = event.position
    if event.type == .run_created { created = event.position }
    switch status {
    case .absent, .pending: break
    case .running: if started == .none { started = event.position }
    case .succeeded, .failed, .canceled, .quarantined: ended = event.position
    }
  }

  package static func target(of event: DomainEvent) -> RunStatus? {
    switch event.type {
    case .run_created: .pending
    case .run_started: .running
    case .run_state_changed: RunStatus(named: event.payload.text("to"))
    default: nil
    }
  }

  package mutating func add(_ field: SumField, _ amount: Int64) {
    switch field {
    case .stepAttempts: stepAttempts.accumulate(amount)
    case .patchesCreated: patchesCreated.accumulate(amount)
    case .patchesApplied: patchesApplied.accumulate(amount)
    case .errors: errors.accumulate(amount)
    default: break
    }
  }

  package mutating func keepNeutralFields(of current: RunState) {
    lastInRun = current.lastInRun
    stepAttempts = current.stepAttempts
    patchesCreated = current.patchesCreated
    patchesApplied = current.patchesApplied
    errors = current.errors
  }
}

extension RunState {
  package init(reading reader: inout ByteReader) {
    lastInRun = reader.position()
    status = reader.status(RunStatus.self)
    created = reader.position()
    started = reader.position()
    ended = reader.position()
    changed = reader.position()
    stepAttempts = reader.integer(Int64.self)
    patchesCreated = reader.integer(Int64.self)
    patchesApplied = reader.integer(Int64.self)
    errors = reader.integer(Int64.self)
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(lastInRun)
    bytes.append(status)
    bytes.append(created)
    bytes.append(started)
    bytes.append(ended)
    bytes.append(changed)
    bytes.append(littleEndian: stepAttempts)
    bytes.append(littleEndian: patchesCreated)
    bytes.append(littleEndian: patchesApplied)
    bytes.append(littleEndian: errors)
  }
}
