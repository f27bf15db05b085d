package import Bytes
package import Events

/// The states of a gate for one subject.
///
/// What ended may run again, as a new execution.
package enum GateStatus: UInt8, Lifecycle {
  case absent = 0, pending, running, blocked, passed, failed, error, skipped

  package static let thing = "gate"

  /// Before its first execution a gate is as good as pending.
  package static let edges = Edges<GateStatus>([
    .absent: [.running, .blocked, .skipped],
    .pending: [.running, .blocked, .skipped],
    .blocked: [.pending],
    .running: [.passed, .failed, .error],
    .passed: [.running],
    .failed: [.running],
    .error: [.running],
    .skipped: [.running],
  ])
}

/// A gate: its declaration (`gate-G`), or its executions for one subject (`gate-G/task-T`).
package struct GateState: StatusMachine {
  package static let category = Category.gate
  package static let layout: UInt8 = 1

  package var status = GateStatus.absent
  package var isDeclared = false
  package var executions: UInt32 = 0
  /// Executions that passed and ran tests; it only grows, so that a later pass shows.
  package var testPasses: UInt32 = 0
  package var declared = Position.none
  package var started = Position.none
  package var ended = Position.none
  package var subject = EntityNumber.none

  package init() {}

  package var stateName: String? { isDeclared ? "declared" : status.nameIfPresent }

  package var declaration: Position? { declared }

  package mutating func evolve(_ event: DomainEvent) {
    if event.type == .gate_declared {
      isDeclared = true
      declared = event.position
    }
    guard let target = Self.target(of: event) else { return }
    status = target
    enter(event)
  }

  package mutating func enter(_ event: DomainEvent) {
    subject = event.adds.first ?? subject
    switch status {
    case .running:
      executions.increment()
      started = event.position
    case .passed:
      ended = event.position
      if Self.ranTests(event.payload) { testPasses.increment() }
    case .failed, .error, .skipped: ended = event.position
    case .absent, .pending, .blocked: break
    }
  }

  /// Whether an execution ran tests: by the gate's type, which the log puts into the event where
  /// the gate is declared with one, else by the number of tests in its results.
  private static func ranTests(_ payload: Payload) -> Bool {
    if let type = payload.text("gate_type") { return type.hasSuffix("_tests") }
    return (payload.child("results")?.integer("total_tests") ?? 0) > 0
  }

  package func contributions() -> Shares {
    guard subject != .none else { return [] }
    var shares: Shares = []
    if testPasses > 0 { shares.append(Contribution(subject, .gatePasses, Int64(testPasses))) }
    if status == .failed || status == .error {
      shares.append(Contribution(subject, .failedGates, 1))
    }
    return shares
  }

  package static func target(of event: DomainEvent) -> GateStatus? {
    switch event.type {
    case .gate_started: .running
    case .gate_passed: .passed
    case .gate_failed: .failed
    case .gate_error: .error
    case .gate_skipped: .skipped
    case .gate_blocked: .blocked
    case .gate_unblocked: .pending
    default: nil
    }
  }
}

extension GateState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(GateStatus.self)
    isDeclared = reader.flag()
    executions = reader.integer(UInt32.self)
    testPasses = reader.integer(UInt32.self)
    declared = reader.position()
    started = reader.position()
    ended = reader.position()
    subject = reader.number()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(isDeclared)
    bytes.append(littleEndian: executions)
    bytes.append(littleEndian: testPasses)
    bytes.append(declared)
    bytes.append(started)
    bytes.append(ended)
    bytes.append(subject)
  }
}
