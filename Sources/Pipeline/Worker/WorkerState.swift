package import Bytes
package import Events

/// The states of a worker's life.
package enum WorkerStatus: UInt8, Lifecycle {
  case absent = 0, spawning, idle, busy, draining, terminated

  package static let thing = "worker"
  package static let edges = Edges<WorkerStatus>([
    .absent: [.spawning],
    .spawning: [.idle, .terminated],
    .idle: [.busy, .draining, .terminated],
    .busy: [.idle, .draining, .terminated],
    .draining: [.terminated],
  ])

  package var name: String { "\(self)".uppercased() }
}

/// A worker: its life, and what its health is judged by.
///
/// Quarantine lies across the states of life and holds until somebody releases the worker.
package struct WorkerState: EntityState {
  package static let category = Category.worker
  package static let layout: UInt8 = 2

  package var status = WorkerStatus.absent
  package var isQuarantined = false
  /// Events that came after its end.
  package var lateEvents: UInt32 = 0
  /// Errors since it last completed a task.
  package var errorCount: UInt32 = 0
  /// Errors that its last completed task set aside: they count again when that is undone.
  package var errorsBefore: UInt32 = 0
  package var failedChecks: UInt32 = 0
  package var spawnedAt = Timestamp.never
  /// By the log's clock, except for imported beats; the latest, whatever order they came in.
  package var lastHeartbeat = Timestamp.never
  /// The progress token of the latest beats, hashed; 0 when there is none.
  package var progress: UInt64 = 0
  package var progressSince = Timestamp.never
  /// The task it is busy with, hashed; 0 when it has none.
  package var task: UInt64 = 0
  package var spawned = Position.none
  package var busy = Position.none
  package var lastError = Position.none
  package var quarantined = Position.none
  package var terminated = Position.none

  package init() {}

  package var stateName: String? { status.nameIfPresent }

  /// Whether what it still says is late.
  package var isGone: Bool { status == .terminated || isQuarantined }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    switch event.type {
    case .worker_heartbeat, .worker_error: return isGone ? .late : []
    case .worker_quarantined: try decideQuarantine(context)
    case .worker_released:
      if !isQuarantined { throw status.refusal("\(context.name) is not quarantined") }
    default:
      guard let target = Self.target(of: event) else { return [] }
      try status.mustAllow(target, context.name)
      if target == .idle || target == .busy { try mustBeFree(to: target, context) }
      if target == .busy { try decideTask(event, context) }
    }
    return []
  }

  private func decideQuarantine(_ context: DecideContext) throws(LogError) {
    if isQuarantined { throw status.refusal("\(context.name) is quarantined already") }
    if status == .terminated {
      throw status.refusal("\(context.name) is TERMINATED and can't be quarantined")
    }
  }

  private func mustBeFree(
    to target: WorkerStatus, _ context: DecideContext
  ) throws(LogError) {
    guard isQuarantined else { return }
    let allowed = status.next.filter { $0 == .draining || $0 == .terminated }
    throw LogError(
      .rejected, "\(context.name) is quarantined and can't become \(target.name)",
      allowed: allowed.map(\.name), hint: "worker_released ends a quarantine")
  }

  /// The task it turns to must not be somebody else's.
  private func decideTask(_ event: DomainEvent, _ context: DecideContext) throws(LogError) {
    guard let id = event.payload.text("task_id"),
      let task = context.entity("task-", id, as: TaskState.self),
      task.status == .assigned || task.status == .running,
      task.worker != 0, task.worker != shortHash(context.name.id)
    else { return }
    throw LogError(.rejected, "task-\(id) is \(task.status.name) by another worker")
  }

  package mutating func evolve(_ event: DomainEvent) {
    switch event.type {
    case .worker_heartbeat: beat(event)
    case .worker_error:
      errorCount.increment()
      lastError = event.position
      if event.flags.contains(.late) { lateEvents.increment() }
    case .worker_health_check_failed: failedChecks.increment()
    case .worker_quarantined:
      isQuarantined = true
      quarantined = event.position
    case .worker_released:
      isQuarantined = false
      errorCount = 0
      errorsBefore = 0
      failedChecks = 0
    default:
      guard let target = Self.target(of: event) else { return }
      move(to: target, event)
    }
  }

  private mutating func move(to target: WorkerStatus, _ event: DomainEvent) {
    if target == .busy || target == .idle { progress = 0 }
    switch target {
    case .spawning:
      spawned = event.position
      spawnedAt = event.flags.contains(.imported) ? event.time : event.recordedAt
    case .busy:
      busy = event.position
      task = event.payload.text("task_id").map { shortHash($0) } ?? 0
    case .idle:
      busy = .none
      task = 0
    case .terminated: terminated = event.position
    case .absent, .draining: break
    }
    status = target
  }

  private mutating func beat(_ event: DomainEvent) {
    if event.flags.contains(.late) { lateEvents.increment() }
    let isImported = event.flags.contains(.imported)
    let time = isImported ? min(event.time, event.recordedAt) : event.recordedAt
    guard time >= lastHeartbeat else { return }
    lastHeartbeat = time
    failedChecks = 0
    guard let token = event.payload.raw("progress") else { return }
    let hash = Digest.sha256(of: token).prefix64
    if hash != progress {
      progress = hash
      progressSince = time
    }
  }

  private static func target(of event: DomainEvent) -> WorkerStatus? {
    switch event.type {
    case .worker_spawned: .spawning
    case .worker_idle: .idle
    case .worker_busy: .busy
    case .worker_draining: .draining
    case .worker_terminated: .terminated
    default: nil
    }
  }

  package mutating func add(_ field: SumField, _ amount: Int64) {
    switch field {
    case .lateEvents: lateEvents.accumulate(amount)
    case .tasksCompleted: takeCompletions(amount)
    default: break
    }
  }

  /// A completed task sets the errors aside, and one that is undone brings them back: those of the
  /// last one, as a row does not remember more.
  private mutating func takeCompletions(_ amount: Int64) {
    if amount > 0 {
      errorsBefore = errorCount
      errorCount = 0
    } else if amount < 0 {
      errorCount = errorCount.addingSaturated(errorsBefore)
      errorsBefore = 0
    }
  }

  package mutating func keepNeutralFields(of current: WorkerState) {
    lateEvents = current.lateEvents
    errorCount = current.errorCount
    errorsBefore = current.errorsBefore
    failedChecks = current.failedChecks
    lastHeartbeat = current.lastHeartbeat
    progress = current.progress
    progressSince = current.progressSince
    lastError = current.lastError
  }
}
