internal import Engine
internal import Events
internal import Evidence
internal import Synchronization

/// What goes wrong at the log's boundary, once.
enum Fault: CaseIterable {
  /// Nobody gets the lock.
  case lockBusy
  /// The transaction did all its work and is not committed.
  case failsBeforeCommit
  /// The transaction is committed, and whoever waits for it does not learn that.
  case failsAfterCommit
  /// The first read fails.
  case readFails
}

/// A log with faults that are set for the next step, in front of one without.
final class FaultyLog: EventLog {
  private struct State {
    var base: any EventLog
    var fault: Fault?
    /// What a committed transaction came to whose result was lost.
    var lost: [AppendUnit.Outcome]?
    var injected = 0
    /// What somebody else does before the next transaction.
    var meanwhile: (@Sendable () -> Void)?
  }

  let identity: LogIdentity
  private let state: Mutex<State>

  init(_ base: any EventLog) {
    identity = base.identity
    state = Mutex(State(base: base))
  }

  var base: any EventLog { state.withLock { $0.base } }
  var injected: Int { state.withLock { $0.injected } }

  func replaceBase(_ base: any EventLog) { state.withLock { $0.base = base } }

  /// Sets or clears the fault of the next step, and what somebody else does in it.
  func arm(_ fault: Fault?, meanwhile: (@Sendable () -> Void)? = nil) {
    state.withLock { state in
      state.fault = fault
      state.meanwhile = meanwhile
    }
  }

  /// What the last step committed without telling; nil when it did not.
  func takeLost() -> [AppendUnit.Outcome]? {
    state.withLock { state in
      defer { state.lost = nil }
      return state.lost
    }
  }

  /// The fault, if it is one of these; each happens once.
  private func take(_ faults: [Fault]) -> Fault? {
    state.withLock { state in
      guard let fault = state.fault, faults.contains(fault) else { return nil }
      state.fault = nil
      state.injected += 1
      return fault
    }
  }

  func write<U: WriteUnit>(
    waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> U.Output {
    let meanwhile = state.withLock { state in
      defer { state.meanwhile = nil }
      return state.meanwhile
    }
    meanwhile?()
    let base = base
    switch take([.lockBusy, .failsBeforeCommit, .failsAfterCommit]) {
    case .lockBusy: throw LogError(.busy, "the lock is held, as simulated")
    case .failsBeforeCommit:
      var failing = FailingUnit(base: unit)
      return try base.write(waitNanoseconds: waitNanoseconds, &failing)
    case .failsAfterCommit:
      let output = try base.write(waitNanoseconds: waitNanoseconds, &unit)
      guard !unit.isDryRun else { return output }
      let lost = Self.outcomes(output)
      state.withLock { $0.lost = lost }
      throw LogError(.outcomeUnknown, "the commit's result is lost, as simulated")
    default: return try base.write(waitNanoseconds: waitNanoseconds, &unit)
    }
  }

  /// What a transaction stored, in one form.
  private static func outcomes(_ output: Any) -> [AppendUnit.Outcome]? {
    if let outcomes = output as? [AppendUnit.Outcome] { return outcomes }
    if let receipts = output as? [Receipt] { return receipts.map { .success($0) } }
    let sealed = output as? (checkpoint: SignedCheckpoint, receipt: Receipt)
    return sealed.map { [.success($0.receipt)] }
  }

  func read<U: ReadUnit>(_ unit: inout U) throws(LogError) -> U.Output {
    let base = base
    if take([.readFails]) != nil { throw LogError(.system, "the read fails, as simulated") }
    return try base.read(&unit)
  }

  func refresh() throws(LogError) -> UInt32 { try base.refresh() }
}

/// A unit that does all its work and then fails.
private struct FailingUnit<Base: WriteUnit>: WriteUnit {
  var base: Base
  var isDryRun: Bool { base.isDryRun }

  mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> Base.Output {
    _ = try base.run(&tables)
    throw LogError(.noSpace, "the disk is full, as simulated")
  }
}
