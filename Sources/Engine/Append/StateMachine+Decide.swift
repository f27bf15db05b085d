internal import Events
internal import Pipeline

extension StateMachine {
  /// What is asked about an event: the entity that it would change and what the schema says.
  struct Question {
    var event: DomainEvent
    /// The entity, or the stream of an event that changes none.
    var name: Name
    /// The entity's state; nil when the event changes none.
    var state: (any EntityState)?
    /// The rows of the schema's `reads`.
    var reads: [Name]
    var run: Name?
  }

  /// What `decide` may look at: the rows that the schema and the state ask for.
  ///
  /// - Parameter events: where payloads are read.
  mutating func context(
    _ question: Question,
    rows: borrowing some LogReader & ~Copyable & ~Escapable,
    events: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> DecideContext {
    let event = question.event
    var context = DecideContext(name: question.name, rules: rules, now: event.recordedAt)
    try read(question.reads, into: &context, from: rows)
    guard let state = question.state else { return context }
    context.consulted = try Self.payload(at: state.consults(for: event, context), in: events)
    if type(of: state).readsMore(for: event.type) {
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
  mutating func decide(
    _ question: Question, _ context: DecideContext,
    rows: borrowing some LogReader & ~Copyable & ~Escapable,
    events: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> EventFlags {
    guard let state = question.state else { return [] }
    let flags = try state.decide(question.event, context)
    try mustNotWaitForItself(question, rows: rows, events: events)
    return flags
  }

  private mutating func read(
    _ names: [Name], into context: inout DecideContext,
    from rows: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    for name in names where !context.entities.contains(where: { $0.name == name }) {
      guard let slot = try cache.load(name, from: rows), let state = cache.state(slot) else {
        continue
      }
      context.entities.append((name, state))
    }
  }
}
