package import Bytes
package import Events

/// The states of a raised error.
package enum ErrorStatus: UInt8, Lifecycle {
  case absent = 0, raised, in_pipeline, resolved

  package static let thing = "error"

  /// The pipeline may take up an error more than once; an error may be told from any point on.
  package static let edges = Edges<ErrorStatus>([
    .absent: [.raised, .in_pipeline, .resolved],
    .raised: [.in_pipeline, .resolved],
    .in_pipeline: [.in_pipeline, .resolved],
  ])
}

/// A raised error, counted in its run.
package struct ErrorState: StatusMachine {
  package static let category = Category.error
  package static let layout: UInt8 = 1

  package var status = ErrorStatus.absent
  package var raised = Position.none
  package var changed = Position.none
  package var run = EntityNumber.none

  package init() {}

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    try mustAllow(event, context)
    guard event.type == .error_raised else { return [] }
    return context.lateness(ofWorker: event.payload.text("worker_id"))
  }

  package mutating func enter(_ event: DomainEvent) {
    changed = event.position
    if event.type == .error_raised {
      raised = event.position
      run = event.run
    }
  }

  package func contributions() -> Shares {
    guard raised != .none, run != .none else { return [] }
    return [Contribution(run, .errors, 1)]
  }

  package static func target(of event: DomainEvent) -> ErrorStatus? {
    switch event.type {
    case .error_raised: .raised
    case .error_pipeline_triggered: .in_pipeline
    case .error_resolved: .resolved
    default: nil
    }
  }
}

extension ErrorState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(ErrorStatus.self)
    raised = reader.position()
    changed = reader.position()
    run = reader.number()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(raised)
    bytes.append(changed)
    bytes.append(run)
  }
}
