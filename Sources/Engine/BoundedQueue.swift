internal import Events
internal import Glibc

/// Hands values from one thread to another, holding the former back when the latter is slow.
@safe
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  private let countMax: Int
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var elements: [Element] = []
  /// Nothing more is put in, and why.
  private var end: Result<Void, LogError>?
  private var isAbandoned = false

  init(countMax: Int) {
    self.countMax = countMax
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

  /// Puts a value in, waiting for room; false when nobody takes any more.
  func put(_ element: Element) -> Bool {
    locked {
      while !isAbandoned, elements.count >= countMax { wait() }
      guard !isAbandoned else { return false }
      elements.append(element)
      signal()
      return true
    }
  }

  /// Says that nothing more comes, and why.
  func finish(_ result: Result<Void, LogError>) {
    locked {
      end = result
      signal()
    }
  }

  /// Takes the next value, waiting for it; nil at the end.
  func take() throws(LogError) -> Element? {
    let taken = locked { () -> Result<Element?, LogError> in
      while elements.isEmpty {
        if let end { return end.map { nil } }
        wait()
      }
      let element = elements.removeFirst()
      signal()
      return .success(element)
    }
    return try taken.get()
  }

  /// Says that nothing more is taken.
  func abandon() {
    locked {
      isAbandoned = true
      signal()
    }
  }
}
