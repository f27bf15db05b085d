package import Bytes

/// What a worker's row says about its health at a moment.
package struct WorkerHealth: Hashable, Sendable {
  package var verdict: Verdict
  /// How long ago it last beat; nil when it never did.
  package var silence: Int64?

  /// Why a worker is or is not healthy.
  package enum Verdict: String, Sendable, CaseIterable {
    case healthy
    /// No beat was ever recorded.
    case unseen
    /// No beat in time.
    case stale
    /// Beats without progress.
    case stalled
    /// Too many errors since its last completed task.
    case errors
    case quarantined
    /// Its life is over: there is nothing to check.
    case terminated
  }

  /// Nil for a terminated worker, which is not checked.
  package var isHealthy: Bool? { verdict == .terminated ? nil : verdict == .healthy }

  package init(of worker: WorkerState, at now: Timestamp, _ rules: Rules) {
    let timeout = rules.heartbeatTimeoutSeconds.secondsInNanoseconds
    let isSeen = worker.lastHeartbeat != .never
    let silence = isSeen ? max(0, now.since(worker.lastHeartbeat)) : nil
    self.silence = silence
    if worker.status == .terminated {
      verdict = .terminated
    } else if worker.isQuarantined {
      verdict = .quarantined
    } else if let silence {
      let stalls = worker.progress != 0 && now.since(worker.progressSince) >= timeout
      let fails = Int64(worker.errorCount) >= rules.workerErrorsMax
      verdict = silence >= timeout ? .stale : stalls ? .stalled : fails ? .errors : .healthy
    } else {
      verdict = .unseen
    }
  }

  /// Why `sweep` should quarantine the worker now; nil when it should not.
  ///
  /// A worker that never beat is silent since it was spawned.
  package static func quarantineReason(
    of worker: WorkerState, at now: Timestamp, _ rules: Rules
  ) -> String? {
    guard !worker.isGone else { return nil }
    if Int64(worker.errorCount) >= rules.workerErrorsMax {
      return "\(worker.errorCount) errors since its last completed task"
    }
    let alive = max(worker.lastHeartbeat, worker.spawnedAt)
    let limit = rules.heartbeatQuarantineSeconds.secondsInNanoseconds
    guard alive != .never, now.since(alive) >= limit else { return nil }
    return "no heartbeat for \(now.since(alive) / 1_000_000_000) seconds"
  }
}
