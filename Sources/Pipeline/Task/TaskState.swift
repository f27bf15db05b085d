package import Bytes
package import Events

/// A task: where it is, who has it, and how its failures are being mended.
package struct TaskState: EntityState {
  package static let category = Category.task
  package static let layout: UInt8 = 2

  package var status = TaskStatus.absent
  /// 1 is the most urgent; 0 when nobody said.
  package var priority: UInt8 = 0
  package var retries: UInt8 = 0
  /// How often it may be retried; nil for the rules' number.
  package var retriesMax: UInt8?
  /// Whether it mends another task, whose row is `parent`.
  package var isFix = false
  package var openFixes: Int32 = 0
  package var fixes: Int32 = 0
  package var failedGates: Int32 = 0
  /// The worker that has it, hashed; 0 for none.
  package var worker: UInt64 = 0
  /// What the last failure looked like, hashed; 0 for none.
  package var errorSignature: UInt64 = 0
  /// The row of that worker.
  package var workerRow = EntityNumber.none
  package var parent = EntityNumber.none
  package var created = Position.none
  package var assigned = Position.none
  package var started = Position.none
  package var lastFailed = Position.none
  /// The event that led to the present state.
  package var changed = Position.none
  package var lastProgress = Position.none

  package init() {}

  package var stateName: String? { status.nameIfPresent }

  package mutating func evolve(_ event: DomainEvent) {
    if event.flags.contains(.late) { return }
    switch event.type {
    case .task_created: takeCreation(event)
    case .task_reprioritized: priority = UInt8(clamping: event.payload.integer("priority") ?? 0)
    case .task_progress: lastProgress = event.position
    case .task_assigned:
      assigned = event.position
      worker = event.payload.text("worker_id").map { shortHash($0) } ?? 0
      workerRow = event.adds.first ?? .none
    case .task_completed:
      if let named = event.adds.first, named != .none { workerRow = named }
    case .task_started: started = event.position
    case .task_failed:
      lastFailed = event.position
      errorSignature = FailureReport(event.payload).signature
    case .task_retried:
      if status == .failed { retries.increment() }
      worker = 0
      workerRow = .none
    default: break
    }
    if let target = TaskStatus(after: event.type) {
      status = target
      changed = event.position
    }
  }

  private mutating func takeCreation(_ event: DomainEvent) {
    created = event.position
    priority = UInt8(clamping: event.payload.integer("priority") ?? 0)
    retriesMax = event.payload.integer("max_retries").map { UInt8(clamping: min($0, 254)) }
    isFix = FixName.isFix(event.payload.text("task_id") ?? "")
    parent = event.payload.has("parent_task_id") ? event.adds.first ?? .none : .none
  }

  package var declaration: Position? { created }

  package func contributions() -> Shares {
    var shares: Shares = []
    if isFix, parent != .none, status != .absent {
      shares.append(Contribution(parent, .fixes, 1))
      if !status.isFinal { shares.append(Contribution(parent, .openFixes, 1)) }
    }
    if status == .completed, workerRow != .none {
      shares.append(Contribution(workerRow, .tasksCompleted, 1))
    }
    return shares
  }

  package static var tellsFacts: Bool { true }

  /// What comes late and names no worker was said by the one that has the task.
  package func facts(of event: DomainEvent) -> [Contribution] {
    guard event.flags.contains(.late), workerRow != .none,
      (event.adds.first ?? EntityNumber.none) == EntityNumber.none
    else { return [] }
    switch event.type {
    case .task_progress, .task_completed, .task_failed:
      return [Contribution(workerRow, .lateEvents, 1)]
    default: return []
    }
  }

  package mutating func add(_ field: SumField, _ amount: Int64) {
    switch field {
    case .openFixes: openFixes.accumulate(amount)
    case .fixes: fixes.accumulate(amount)
    case .failedGates: failedGates.accumulate(amount)
    default: break
    }
  }

  package mutating func keepNeutralFields(of current: TaskState) {
    openFixes = current.openFixes
    fixes = current.fixes
    failedGates = current.failedGates
    lastProgress = current.lastProgress
  }

  /// How often it may be retried.
  func retriesAllowed(_ rules: Rules) -> UInt8 { retriesMax ?? rules.taskRetriesMax }
}

extension TaskState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(TaskStatus.self)
    priority = reader.integer(UInt8.self)
    retries = reader.integer(UInt8.self)
    let most = reader.integer(UInt8.self)
    retriesMax = most == .max ? nil : most
    isFix = reader.flag()
    openFixes = reader.integer(Int32.self)
    fixes = reader.integer(Int32.self)
    failedGates = reader.integer(Int32.self)
    worker = reader.integer(UInt64.self)
    errorSignature = reader.integer(UInt64.self)
    workerRow = reader.number()
    parent = reader.number()
    created = reader.position()
    assigned = reader.position()
    started = reader.position()
    lastFailed = reader.position()
    changed = reader.position()
    lastProgress = reader.position()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(priority)
    bytes.append(retries)
    bytes.append(retriesMax ?? .max)
    bytes.append(isFix)
    bytes.append(littleEndian: openFixes)
    bytes.append(littleEndian: fixes)
    bytes.append(littleEndian: failedGates)
    bytes.append(littleEndian: worker)
    bytes.append(littleEndian: errorSignature)
    bytes.append(workerRow)
    bytes.append(parent)
    bytes.append(created)
    bytes.append(assigned)
    bytes.append(started)
    bytes.append(lastFailed)
    bytes.append(changed)
    bytes.append(lastProgress)
  }
}
