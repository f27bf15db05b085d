package import Bytes
package import Events
internal import JSON

/// The states of a saga.
package enum SagaStatus: UInt8, Lifecycle {
  case absent = 0, running, completed, compensating, compensated, compensation_failed

  package static let thing = "saga"
  package static let edges = Edges<SagaStatus>([
    .absent: [.running],
    .running: [.completed, .compensating],
    .completed: [.compensating],
    .compensating: [.compensated, .compensation_failed],
  ])
}

/// A saga: steps in the order of its declaration, and the way back when one fails.
///
/// It completes when its last step does.
package struct SagaState: EntityState {
  package static let category = Category.saga
  package static let layout: UInt8 = 1

  package var status = SagaStatus.absent
  package var stepCount: UInt16 = 0
  package var stepsCompleted: UInt16 = 0
  /// The step that runs, hashed; 0 when none does.
  package var runningStep: UInt64 = 0
  package var started = Position.none
  package var changed = Position.none
  package var lastFailure = Position.none

  package init() {}

  package var stateName: String? { status.nameIfPresent }

  package func consults(for event: DomainEvent, _ context: DecideContext) -> Position? {
    switch event.type {
    case .saga_step_started, .saga_step_completed, .saga_step_failed:
      started == .none ? nil : started
    default: nil
    }
  }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    switch event.type {
    case .saga_started: try status.mustAllow(.running, context.name)
    case .saga_step_started, .saga_step_completed, .saga_step_failed:
      try decideStep(event, context)
    case .saga_compensation_started: try status.mustAllow(.compensating, context.name)
    case .saga_compensation_completed: try status.mustAllow(.compensated, context.name)
    case .saga_compensation_failed: try status.mustAllow(.compensation_failed, context.name)
    default: break
    }
    return []
  }

  /// Steps go one after the other: only the first that is not completed may start or end.
  private func decideStep(_ event: DomainEvent, _ context: DecideContext) throws(LogError) {
    try status.mustBe([.running], to: "go on with its steps", context.name)
    let step = event.payload.text("step") ?? ""
    if let due = stepDue(context.consulted), due != step {
      throw status.refusal("\(context.name) is at step \(due), not \(step)")
    }
    let isRunning = runningStep == shortHash(step)
    if event.type == .saga_step_started, isRunning {
      throw status.refusal("step \(step) of \(context.name) runs already")
    }
    if event.type != .saga_step_started, !isRunning {
      throw status.refusal(
        "step \(step) of \(context.name) did not start and can't end",
        without: event.type == .saga_step_completed ? .completed : nil)
    }
  }

  private func stepDue(_ declaration: Payload?) -> String? {
    guard let steps = declaration?.child("steps") else { return nil }
    var index = 0
    var due: String?
    let document = steps.document
    document.forEachElement(steps.node) { element in
      if index == Int(stepsCompleted) { due = Payload(document, element).text("step") }
      index += 1
    }
    return due
  }

  package mutating func evolve(_ event: DomainEvent) {
    switch event.type {
    case .saga_started:
      status = .running
      started = event.position
      changed = event.position
      stepCount = UInt16(clamping: event.payload.count("steps"))
    case .saga_step_started:
      runningStep = shortHash(event.payload.text("step") ?? "")
    case .saga_step_completed:
      runningStep = 0
      stepsCompleted.increment()
      guard status == .running, stepsCompleted >= stepCount else { return }
      status = .completed
      changed = event.position
    case .saga_step_failed:
      runningStep = 0
      lastFailure = event.position
    case .saga_compensation_started: change(to: .compensating, event)
    case .saga_compensation_completed: change(to: .compensated, event)
    case .saga_compensation_failed:
      change(to: .compensation_failed, event)
      lastFailure = event.position
    default: break
    }
  }

  private mutating func change(to status: SagaStatus, _ event: DomainEvent) {
    self.status = status
    changed = event.position
    runningStep = 0
  }

  package static var reacts: Bool { true }

  package func reactions(
    from before: SagaState, to event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] {
    guard event.type == .saga_compensation_failed, before.status != .compensation_failed else {
      return []
    }
    let why = event.payload.text("error_message") ?? event.payload.text("reason")
    let step = event.payload.text("step").map { " at step \($0)" } ?? ""
    return [
      .review(
        of: context.name, because: event,
        "the way back failed\(step)" + (why.map { ": " + $0 } ?? ""),
        [
          ReviewOption(decision: "approve", text: "leave it as it is"),
          ReviewOption(decision: "adjust", text: "finish the way back by hand"),
        ])
    ]
  }
}

extension SagaState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(SagaStatus.self)
    stepCount = reader.integer(UInt16.self)
    stepsCompleted = reader.integer(UInt16.self)
    runningStep = reader.integer(UInt64.self)
    started = reader.position()
    changed = reader.position()
    lastFailure = reader.position()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(littleEndian: stepCount)
    bytes.append(littleEndian: stepsCompleted)
    bytes.append(littleEndian: runningStep)
    bytes.append(started)
    bytes.append(changed)
    bytes.append(lastFailure)
  }
}
