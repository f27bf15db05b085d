internal import Events

/// Events of a worker that is gone are kept, flagged and counted, but change no lifecycle state.
extension DecideContext {
  /// The flag for an event that speaks for a worker: `late` when that worker is terminated or
  /// quarantined.
  ///
  /// A worker that the log never saw is not gone.
  func lateness(ofWorker id: String?) -> EventFlags {
    guard let id, let worker = entity("worker-", id, as: WorkerState.self) else { return [] }
    return worker.isGone ? .late : []
  }

  /// Refuses a deed of a worker that is terminated or quarantined.
  func mustNotBeGone(worker id: String?, to deed: String) throws(LogError) {
    guard let id, let worker = entity("worker-", id, as: WorkerState.self), worker.isGone
    else { return }
    let condition = worker.isQuarantined ? "quarantined" : worker.status.name
    throw LogError(.rejected, "worker-\(id) is \(condition) and can't \(deed)")
  }
}
