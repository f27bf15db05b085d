internal import Events
internal import Pipeline

extension Folder {
  /// Why an event would be refused on the rows as they stand; nil when it would be accepted.
  ///
  /// - Parameter source: the log the event is from: where payloads are read.
  mutating func refusal(
    of resolved: ResolvedEvent, in source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> LogError? {
    guard let event = try resolved.domainEvent({ number(of: $0) }) else { return nil }
    let state = resolved.addresses.entity.flatMap { name in
      machine.cache.slot(of: name).flatMap { machine.cache.state($0) }
        ?? entityType(of: Category(of: name))?.init()
    }
    let question = StateMachine.Question(
      name: resolved.addresses.entity ?? resolved.event.envelope.stream,
      reads: resolved.addresses.reads, run: resolved.addresses.run)
    guard let state else { return nil }
    return try refusal(of: event, question, state, in: source)
  }

  private mutating func refusal(
    of event: DomainEvent, _ question: StateMachine.Question, _ state: some EntityState,
    in source: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> LogError? {
    let context = try machine.context(event, question, state, rows: nothing, events: source)
    do throws(LogError) {
      _ = try machine.decide(event, question, state, context, rows: nothing, events: source)
      return nil
    } catch {
      guard error.code.isRefusal else { throw error }
      return error
    }
  }
}
