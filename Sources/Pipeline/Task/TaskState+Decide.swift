package import Events

extension TaskState {
  /// A claim needs what the task was created with; what a worker says needs who has the task.
  package func consults(for event: DomainEvent, _ context: DecideContext) -> Position? {
    let position: Position
    switch event.type {
    case .task_assigned: position = created
    case .task_started, .task_progress, .task_completed, .task_failed: position = assigned
    default: return nil
    }
    return position == .none ? nil : position
  }

  package static func readsMore(for type: EventType) -> Bool {
    switch type {
    case .task_assigned, .task_started, .task_progress, .task_completed, .task_failed: true
    default: false
    }
  }

  package func reads(for event: DomainEvent, consulted: Payload?) -> [Name] {
    if event.type != .task_assigned, !isFix {
      return consulted?.text("worker_id").flatMap { Name("worker-" + $0) }.map { [$0] } ?? []
    }
    var names: [String] = []
    if event.type == .task_completed, isFix {
      // The row of the mended task reacts, and it reacts only when it is read by its name.
      names += FixName.parents(of: event.payload.text("task_id") ?? "").map { "task-" + $0 }
    }
    guard let consulted else { return names.compactMap { Name($0) } }
    if event.type == .task_assigned {
      names += consulted.texts("depends_on").map { "task-" + $0 }
      for scope in ["workstream", "phase", "project"] {
        if let id = consulted.text(scope + "_id") { names.append("budget-\(scope):\(id)") }
      }
    } else if let worker = consulted.text("worker_id") {
      names.append("worker-" + worker)
    }
    return names.compactMap { Name($0) }
  }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    let late = lateness(of: event, context)
    if late.contains(.late) { return late }
    if let target = TaskStatus(after: event.type) {
      try status.mustAllow(target, context.name)
      if !TaskStatus.sources(of: event.type).contains(status) {
        throw status.refusal(
          "\(context.name) is \(status.name) and can't become \(target.name) by \(event.type.name)")
      }
    }
    switch event.type {
    case .task_created: try decideCreation(event, context)
    case .task_assigned: try decideClaim(event, context)
    case .task_started, .task_completed, .task_failed: try mustHaveTask(event, context)
    case .task_retried: try decideRetry(context)
    case .task_reprioritized:
      if status.isFinal {
        throw status.refusal("\(context.name) is \(status.name) and needs no priority")
      }
    default: break
    }
    return late
  }

  /// What a gone worker says of its task is late.
  ///
  /// A crash or a timeout that names no worker was seen from outside, and counts.
  private func lateness(of event: DomainEvent, _ context: DecideContext) -> EventFlags {
    let named = event.payload.text("worker_id")
    switch event.type {
    case .task_progress, .task_completed: break
    case .task_failed:
      let kind = event.payload.text("failure_kind")
      if named == nil, kind == "crash" || kind == "timeout" { return [] }
    default: return []
    }
    if let named { return context.lateness(ofWorker: named) }
    return worker == 0 ? [] : context.lateness(ofWorker: context.consulted?.text("worker_id"))
  }

  private func decideCreation(_ event: DomainEvent, _ context: DecideContext) throws(LogError) {
    let id = context.name.id
    if event.payload.text("parent_task_id") == id {
      throw LogError(.rejected, "\(context.name) can't be its own parent")
    }
    if event.payload.texts("depends_on").contains(id) {
      throw LogError(.rejected, "\(context.name) can't depend on itself")
    }
  }

  /// Only a free worker takes a task, only when all that it waits for is there, and only while
  /// the budgets last.
  private func decideClaim(_ event: DomainEvent, _ context: DecideContext) throws(LogError) {
    try mustBeFree(worker: event.payload.text("worker_id") ?? "", context)
    for id in context.consulted?.texts("depends_on") ?? [] {
      let dependency = context.entity("task-", id, as: TaskState.self)
      if let obstacle = TaskState.obstacle(in: dependency) {
        throw status.refusal(
          "\(context.name) waits for task-\(id), which \(obstacle)", without: .assigned)
      }
    }
    if openFixes > 0 {
      throw status.refusal(
        "\(context.name) waits for \(openFixes) open fix tasks", without: .assigned)
    }
    try context.budgetsMustNotBeUsedUp(by: context.name.description)
  }

  /// Why a dependency does not let its dependants begin; nil when it does.
  package static func obstacle(in dependency: TaskState?) -> String? {
    guard let dependency, let state = dependency.stateName else { return "does not exist" }
    if dependency.status != .completed { return "is \(state)" }
    return dependency.failedGates > 0 ? "fails \(dependency.failedGates) gates" : nil
  }

  private func mustBeFree(worker id: String, _ context: DecideContext) throws(LogError) {
    try context.mustNotBeGone(worker: id, to: "take \(context.name)")
    guard let worker = context.entity("worker-", id, as: WorkerState.self) else { return }
    switch worker.status {
    case .absent, .idle, .terminated: return
    case .busy: if worker.task == 0 || worker.task == shortHash(context.name.id) { return }
    case .spawning, .draining: break
    }
    throw status.refusal(
      "worker-\(id) is \(worker.status.name) and can't take \(context.name)", without: .assigned)
  }

  /// A task is started and ended by the worker that has it.
  private func mustHaveTask(_ event: DomainEvent, _ context: DecideContext) throws(LogError) {
    let named = event.payload.text("worker_id")
    if let named, worker != 0, worker != shortHash(named) {
      throw LogError(.rejected, "\(context.name) is not assigned to worker-\(named)")
    }
    guard event.type == .task_started else { return }
    let holder = named ?? context.consulted?.text("worker_id")
    try context.mustNotBeGone(worker: holder, to: "start \(context.name)")
  }

  private func decideRetry(_ context: DecideContext) throws(LogError) {
    guard status == .failed, retries >= retriesAllowed(context.rules) else { return }
    throw status.refusal(
      "\(context.name) was retried \(retries) times, the most there may be", without: .pending)
  }
}
