internal import Engine
internal import Events

/// Hands batches from the thread that reads to the one that commits, holding the former back when
/// the latter is slow.
final class BatchQueue: @unchecked Sendable {
  private static let batchCountMax = 4

  private let limits: BatchLimits
  private let monitor = Monitor()
  private var batches: [Batch] = []
  /// What was committed; memory is freed best by the thread that took it.
  private var spent: [Batch] = []
  /// What `freeDraft` frees, of which the other side knows nothing.
  private var rest: [Batch] = []
  private var isTakerIdle = false
  /// Nothing more is put in or taken out.
  private var end: Result<Void, LogError>?

  init(_ limits: BatchLimits) { self.limits = limits }

  /// Whether the other side waits for a batch.
  var isWaitedFor: Bool { monitor.locked { isTakerIdle && batches.isEmpty } }

  /// Puts a batch in, waiting for room; false when nobody takes any more.
  func put(_ batch: Batch) -> Bool {
    monitor.locked {
      while end == nil, isFull(batch) { monitor.wait() }
      guard end == nil else { return false }
      batches.append(batch)
      rest += spent
      spent.removeAll(keepingCapacity: true)
      monitor.signal()
      return true
    }
  }

  /// Frees one draft of what was committed; for the thread that puts batches in.
  ///
  /// One by one, as others are made: then each takes the place of the one before in the caches,
  /// and `malloc` has nothing to tidy up.
  func freeDraft() {
    guard let last = rest.indices.last else { return }
    if !rest[last].dropDraft() { rest.removeLast() }
  }

  /// Gives back a batch that nobody needs any more.
  func giveBack(_ batch: Batch) { monitor.locked { spent.append(batch) } }

  private func isFull(_ batch: Batch) -> Bool {
    let waiting = batches.reduce(0) { $0 + $1.byteCount }
    return batches.count >= Self.batchCountMax
      || (!batches.isEmpty && waiting + batch.byteCount > limits.byteCount)
  }

  /// Takes what is waiting, as much as may be committed together; nil at the end.
  func take() throws(LogError) -> Batch? {
    let taken = monitor.locked { () -> Result<Batch?, LogError> in
      isTakerIdle = true
      while batches.isEmpty {
        if let end { return end.map { nil } }
        monitor.wait()
      }
      isTakerIdle = false
      var batch = batches.removeFirst()
      while let next = batches.first, batch.hasRoom(for: next, limits) {
        batch.append(next)
        batches.removeFirst()
      }
      monitor.signal()
      return .success(batch)
    }
    return try taken.get()
  }

  /// Gives up what is waiting, unless all of it has been taken.
  func interrupt() {
    monitor.locked {
      if case .success = end, batches.isEmpty { return }
      batches.removeAll()
      end = .failure(LogError(.interrupted, "interrupted"))
      monitor.signal()
    }
  }

  /// Says that nothing more comes, and why.
  func finish(_ result: Result<Void, LogError> = .success(())) {
    monitor.locked {
      if end == nil { end = result }
      monitor.signal()
    }
  }
}
