package import Events

/// What events that have no row of their own add to sums: a charge to its scopes, a tool error to
/// its run, a late event to its worker.
///
/// The event's flags must be those that `decide` gave.
package func factContributions(of event: DomainEvent) -> [Contribution] {
  var shares: [Contribution] = []
  switch event.type {
  case .cost_charged: shares = charge(event)
  case .tool_call_error:
    if event.run != .none { shares = [Contribution(event.run, .errors, 1)] }
  default: break
  }
  if event.flags.contains(.late), let worker = lateWorker(event) {
    shares.append(Contribution(worker, .lateEvents, 1))
  }
  return shares
}

/// The flags of an event that has no row to decide about it: a charge without a reservation is a
/// fact and never refused, but it may be late.
package func factFlags(of event: DomainEvent, _ context: DecideContext) -> EventFlags {
  guard event.type == .cost_charged else { return [] }
  return context.lateness(ofWorker: event.payload.text("worker_id"))
}

private func charge(_ event: DomainEvent) -> [Contribution] {
  let amount = max(0, event.payload.integer("amount_micro_usd") ?? 0)
  let input = max(0, event.payload.integer("input_tokens") ?? 0)
  let output = max(0, event.payload.integer("output_tokens") ?? 0)
  var shares: [Contribution] = []
  shares.reserveCapacity(4 * event.adds.count)
  for scope in event.adds.prefix(ReservationState.scopeCount) where scope != .none {
    shares.append(Contribution(scope, .spentMicroUSD, amount))
    shares.append(Contribution(scope, .inputTokens, input))
    shares.append(Contribution(scope, .outputTokens, output))
    shares.append(Contribution(scope, .charges, 1))
  }
  return shares
}

/// The row of the worker that a late event spoke for, where the schema's `adds` name it behind the
/// others.
///
/// A worker's own events count themselves.
private func lateWorker(_ event: DomainEvent) -> EntityNumber? {
  let index: Int
  switch event.type {
  case .cost_charged: index = ReservationState.scopeCount
  case .tool_call_error, .error_raised: index = 1
  case .tool_call_started, .tool_call_completed: index = 0
  case .task_progress, .task_completed, .task_failed: index = 0
  default: return nil
  }
  guard event.adds.indices.contains(index), event.adds[index] != .none else { return nil }
  return event.adds[index]
}
