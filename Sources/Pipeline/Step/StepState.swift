package import Bytes
package import Events

/// The states of a step attempt; the schema's `pending` has no event.
package enum StepStatus: UInt8, Lifecycle {
  case absent = 0, running, completed, error, canceled

  package static let thing = "step"

  /// An attempt may be told after the fact, by its end alone.
  package static let edges = Edges<StepStatus>([
    .absent: [.running, .completed, .error, .canceled],
    .running: [.completed, .error, .canceled],
  ])
}

/// One attempt at a step, counted in its run.
package struct StepState: StatusMachine {
  package static let category = Category.step
  package static let layout: UInt8 = 1

  package var status = StepStatus.absent
  package var started = Position.none
  package var ended = Position.none
  package var run = EntityNumber.none

  package init() {}

  package mutating func enter(_ event: DomainEvent) {
    if status == .running { started = event.position } else { ended = event.position }
    if run == .none { run = event.adds.first ?? event.run }
    if run == .none { run = event.run }
  }

  package func contributions() -> Shares {
    guard status != .absent, run != .none else { return [] }
    return [Contribution(run, .stepAttempts, 1)]
  }

  package static func target(of event: DomainEvent) -> StepStatus? {
    switch event.type {
    case .step_started: .running
    case .step_completed: .completed
    case .step_failed: event.payload.text("state") == "canceled" ? .canceled : .error
    default: nil
    }
  }
}

extension StepState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(StepStatus.self)
    started = reader.position()
    ended = reader.position()
    run = reader.number()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(started)
    bytes.append(ended)
    bytes.append(run)
  }
}
