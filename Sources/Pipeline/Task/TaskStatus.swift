/// The states of a task.
package enum TaskStatus: UInt8, Lifecycle {
  case absent = 0, pending, blocked, assigned, running, completed, failed, cancelled

  package static let thing = "task"

  /// A task may be known by its events alone, so the first event that names a state counts.
  package static let edges = Edges<TaskStatus>([
    .absent: [.pending, .blocked, .assigned, .running, .completed, .failed, .cancelled],
    .pending: [.assigned, .blocked, .cancelled],
    .blocked: [.pending, .cancelled],
    .assigned: [.running, .pending, .cancelled],
    .running: [.completed, .failed, .cancelled],
    .failed: [.pending],
  ])

  /// The state that an event of this type leads to; nil when it leads nowhere.
  package init?(after type: EventType) {
    switch type {
    case .task_created, .task_unblocked, .task_retried: self = .pending
    case .task_assigned: self = .assigned
    case .task_started: self = .running
    case .task_completed: self = .completed
    case .task_failed: self = .failed
    case .task_blocked: self = .blocked
    case .task_cancelled: self = .cancelled
    default: return nil
    }
  }

  /// Where several events lead to one state, each has its own ways there.
  static func sources(of type: EventType) -> [TaskStatus] {
    switch type {
    case .task_created: [.absent]
    case .task_unblocked: [.absent, .blocked]
    case .task_retried: [.absent, .failed, .assigned]
    default: allCases
    }
  }

  /// Whether the task is over for good.
  package var isFinal: Bool { self == .completed || self == .cancelled }
}
