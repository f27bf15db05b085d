internal import Events
internal import Pipeline

extension StateMachine {
  /// What is asked about an event: the entity that it would change and what the schema says.
  struct Question {
    /// The entity, or the stream of an event that changes none.
    var name: Name
    /// The rows of the schema's `reads`.
    var reads: [Name]
    var run: Name?
  }

  /// What may be looked at for an event that changes no entity: the rows that the schema asks for.
  mutating func context(
    _ event: DomainEvent, _ question: Question,
    rows: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> DecideContext {
    var context = DecideContext(name: question.name, rules: rules, now: event.recordedAt)
    try read(question.reads, into: &context, from: rows)
    return context
  }

  /// What `decide` may look at: the rows that the schema and the state ask for.
  ///
  /// - Parameter events: where payloads are read.
  mutating func context<State: EntityState>(
    _ event: DomainEvent, _ question: Question, _ state: State,
    rows: borrowing some LogReader & ~Copyable & ~Escapable,
    events: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> DecideContext {
    var context = try context(event, question, rows: rows)
    let consulted = state.consults(for: event, context)
    if let consulted { context.consulted = try payload(at: consulted, in: events) }
    if State.readsMore(for: event.type) {
      try read(
        state.reads(for: event, consulted: context.consulted), into: &context, from: rows)
    }
    if event.type == .task_assigned {
      let scopes = try enclosingScopes(
        of: event.payload, run: question.run, rows: rows, events: events)
      try read(Scopes.budgets(scopes), into: &context, from: rows)
    }
    return context
  }

  /// Asks the entity.
  mutating func decide<State: EntityState>(
    _ event: DomainEvent, _ question: Question, _ state: State, _ context: DecideContext,
    rows: borrowing some LogReader & ~Copyable & ~Escapable,
    events: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> EventFlags {
    let flags = try state.decide(event, context)
    try mustNotWaitForItself(event, question, rows: rows, events: events)
    return flags
  }

  private mutating func read(
    _ names: [Name], into context: inout DecideContext,
    from rows: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    for name in names where !context.has(name) {
      guard let slot = try cache.load(name, from: rows), let state = cache.state(slot) else {
        continue
      }
      context.entities.append((name, state))
    }
  }
}
