/// Every state machine, in the order that help prints them.
package let lifecycles: [any Lifecycle.Type] = [
  PatchStatus.self, WorkerStatus.self, TaskStatus.self, RunStatus.self, WorkstreamStatus.self,
  PhaseStatus.self, GateStatus.self, ReviewStatus.self, CircuitStatus.self, SagaStatus.self,
  MergeStatus.self, StepStatus.self, ErrorStatus.self, ReservationStatus.self,
  RequestStatus.self,
]

/// The tables of all state machines, for help and documentation.
package let stateTables: [StateTable] = lifecycles.map { StateTable(of: $0) }

/// One state machine in words.
package struct StateTable: Hashable, Sendable {
  /// What goes through the states.
  package var thing: String
  /// The states that the first event may lead to.
  package var first: [String]
  package var rows: [Row]

  /// One state and those that may follow it; none for an end state.
  package struct Row: Hashable, Sendable {
    package var from: String
    package var to: [String]
  }

  init<State: Lifecycle>(of type: State.Type) {
    thing = State.thing
    first = State.absent.next.map(\.name)
    rows = State.allCases.filter { $0 != .absent }
      .map { Row(from: $0.name, to: $0.next.map(\.name)) }
  }
}
