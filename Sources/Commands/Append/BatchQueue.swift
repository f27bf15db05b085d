internal import Events
internal import Glibc

/// Hands batches from the thread that reads to the one that commits, holding the former back when
/// the latter is slow.
@safe
final class BatchQueue: @unchecked Sendable {
  private static let batchCountMax = 4

  private let limits: BatchLimits
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var batches: [Batch] = []
  /// What was committed; memory is freed best by the thread that took it.
  private var spent: [Batch] = []
  private var isTakerIdle = false
  /// Nothing more is put in or taken out.
  private var end: Result<Void, LogError>?

  init(_ limits: BatchLimits) {
    self.limits = limits
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  private func locked<T>(_ body: () -> T) -> T {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }

  private func signal() { unsafe pthread_cond_broadcast(changed) }

  private func wait() { unsafe pthread_cond_wait(changed, mutex) }

  /// Whether the other side waits for a batch.
  var isWaitedFor: Bool { locked { isTakerIdle && batches.isEmpty } }

  /// Puts a batch in, waiting for room; false when nobody takes any more.
  func put(_ batch: Batch) -> Bool {
    var freed: [Batch] = []
    let isIn = locked {
      while end == nil, isFull(batch) { wait() }
      guard end == nil else { return false }
      batches.append(batch)
      swap(&freed, &spent)
      signal()
      return true
    }
    freed.removeAll()
    return isIn
  }

  /// Gives back a batch that nobody needs any more.
  func giveBack(_ batch: Batch) { locked { spent.append(batch) } }

  private func isFull(_ batch: Batch) -> Bool {
    let waiting = batches.reduce(0) { $0 + $1.byteCount }
    return batches.count >= Self.batchCountMax
      || (!batches.isEmpty && waiting + batch.byteCount > limits.byteCount)
  }

  /// Takes what is waiting, as much as may be committed together; nil at the end.
  func take() throws(LogError) -> Batch? {
    let taken = locked { () -> Result<Batch?, LogError> in
      isTakerIdle = true
      while batches.isEmpty {
        if let end { return end.map { nil } }
        wait()
      }
      isTakerIdle = false
      var batch = batches.removeFirst()
      while let next = batches.first, batch.hasRoom(for: next, limits) {
        batch.append(next)
        batches.removeFirst()
      }
      signal()
      return .success(batch)
    }
    return try taken.get()
  }

  /// Gives up what is waiting, unless all of it has been taken.
  func interrupt() {
    locked {
      if case .success = end, batches.isEmpty { return }
      batches.removeAll()
      end = .failure(LogError(.interrupted, "interrupted"))
      signal()
    }
  }

  /// Says that nothing more comes, and why.
  func finish(_ result: Result<Void, LogError> = .success(())) {
    locked {
      if end == nil { end = result }
      signal()
    }
  }
}
