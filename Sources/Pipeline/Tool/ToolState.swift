package import Bytes
package import Events

/// The states of a tool's circuit breaker.
package enum CircuitStatus: UInt8, Lifecycle {
  case absent = 0, closed, open, half_open

  package static let thing = "circuit"

  /// A tool that was never called has a closed circuit.
  ///
  /// `circuit_reset` stands apart: an operator may close any circuit.
  package static let edges = Edges<CircuitStatus>([
    .absent: [.open],
    .closed: [.open],
    .open: [.half_open],
    .half_open: [.closed, .open],
  ])
}

/// A tool: its circuit and how its calls went.
package struct ToolState: EntityState {
  package static let category = Category.tool
  package static let layout: UInt8 = 2

  /// What circuit events say.
  ///
  /// Calls leave it alone: see `circuit`.
  package var declared = CircuitStatus.absent
  /// Errors since the last call that completed, or since the circuit was closed.
  package var errorsInRow: UInt32 = 0
  package var calls: Int64 = 0
  package var completed: Int64 = 0
  package var errors: Int64 = 0
  package var openedAt = Timestamp.never
  /// When the call that tries a half-open circuit began; `never` when none runs.
  package var probeAt = Timestamp.never
  /// That call, hashed; 0 when none runs.
  package var probe: UInt64 = 0
  package var changed = Position.none
  package var lastError = Position.none

  package init() {}

  package var stateName: String? { circuit.nameIfPresent }

  /// The circuit of a tool that was called is closed until an event says otherwise.
  package var circuit: CircuitStatus {
    declared == .absent && (calls > 0 || completed > 0 || errors > 0) ? .closed : declared
  }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    switch event.type {
    case .tool_call_started:
      let late = context.lateness(ofWorker: event.payload.text("worker_id"))
      if late.isEmpty { try decideCall(context) }
      return late
    case .tool_call_completed, .tool_call_error:
      return context.lateness(ofWorker: event.payload.text("worker_id"))
    case .circuit_opened: try circuit.mustAllow(.open, context.name)
    case .circuit_half_opened:
      try circuit.mustAllow(.half_open, context.name)
      let due = openedAt.advanced(by: context.rules.circuitCooldownSeconds.secondsInNanoseconds)
      if context.now < due {
        throw circuit.refusal(
          "\(context.name) may be tried again from \(due) on", without: .half_open)
      }
    case .circuit_closed: try circuit.mustAllow(.closed, context.name)
    default: break
    }
    return []
  }

  /// No calls while the circuit is open, one at a time while it is half open.
  private func decideCall(_ context: DecideContext) throws(LogError) {
    switch circuit {
    case .absent, .closed: break
    case .open:
      throw circuit.refusal("\(context.name)'s circuit is open and it can't be called")
    case .half_open:
      let cooldown = context.rules.circuitCooldownSeconds.secondsInNanoseconds
      if probeAt != .never, context.now < probeAt.advanced(by: cooldown) {
        throw circuit.refusal("\(context.name)'s circuit is half open and is being tried already")
      }
    }
  }

  package mutating func evolve(_ event: DomainEvent) {
    switch event.type {
    case .tool_call_started, .tool_call_completed, .tool_call_error: evolveCall(event)
    case .circuit_opened:
      change(to: .open, event)
      openedAt = event.recordedAt
    case .circuit_half_opened: change(to: .half_open, event)
    case .circuit_closed, .circuit_reset:
      change(to: .closed, event)
      errorsInRow = 0
    default: break
    }
  }

  private mutating func evolveCall(_ event: DomainEvent) {
    let isLate = event.flags.contains(.late)
    switch event.type {
    case .tool_call_started:
      calls.increment()
      if circuit == .half_open, !isLate {
        probeAt = event.recordedAt
        probe = Self.call(event)
      }
    case .tool_call_completed:
      completed.increment()
      if !isLate {
        errorsInRow = 0
        endProbe(event)
      }
    default:
      errors.increment()
      lastError = event.position
      if !isLate {
        errorsInRow.increment()
        endProbe(event)
      }
    }
  }

  /// Only the end of the call that tries the circuit makes room for another.
  private mutating func endProbe(_ event: DomainEvent) {
    guard isProbe(event) else { return }
    probeAt = .never
    probe = 0
  }

  private func isProbe(_ event: DomainEvent) -> Bool {
    probeAt != .never && probe == Self.call(event)
  }

  private static func call(_ event: DomainEvent) -> UInt64 {
    shortHash(event.payload.text("call_id") ?? "")
  }

  private mutating func change(to circuit: CircuitStatus, _ event: DomainEvent) {
    declared = circuit
    changed = event.position
    probeAt = .never
    probe = 0
  }

  package static var reacts: Bool { true }

  /// Any error opens a half-open circuit again; only the call that tries it closes it, and only
  /// when its tool said that all is well.
  package func reactions(
    from before: ToolState, to event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] {
    guard !event.flags.contains(.late) else { return [] }
    switch (event.type, circuit) {
    case (.tool_call_error, .closed) where errorsInRow >= context.rules.circuitFailures:
      return [.circuitOpened(context.name, errorsInRow, "\(errorsInRow) errors in a row")]
    case (.tool_call_error, .half_open):
      let which = before.isProbe(event) ? "the trial call" : "a call"
      return [.circuitOpened(context.name, max(1, errorsInRow), "\(which) failed")]
    case (.tool_call_completed, .half_open)
    where before.isProbe(event) && event.payload.integer("exit_code") == 0:
      return [.circuitClosed(context.name)]
    default: return []
    }
  }

  package mutating func keepNeutralFields(of current: ToolState) {
    errorsInRow = current.errorsInRow
    calls = current.calls
    completed = current.completed
    errors = current.errors
    lastError = current.lastError
    probeAt = current.probeAt
    probe = current.probe
  }
}

extension ToolState {
  package init(reading reader: inout ByteReader) {
    declared = reader.status(CircuitStatus.self)
    errorsInRow = reader.integer(UInt32.self)
    calls = reader.integer(Int64.self)
    completed = reader.integer(Int64.self)
    errors = reader.integer(Int64.self)
    openedAt = reader.timestamp()
    probeAt = reader.timestamp()
    probe = reader.integer(UInt64.self)
    changed = reader.position()
    lastError = reader.position()
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(declared)
    bytes.append(littleEndian: errorsInRow)
    bytes.append(littleEndian: calls)
    bytes.append(littleEndian: completed)
    bytes.append(littleEndian: errors)
    bytes.append(openedAt)
    bytes.append(probeAt)
    bytes.append(littleEndian: probe)
    bytes.append(changed)
    bytes.append(lastError)
  }
}
