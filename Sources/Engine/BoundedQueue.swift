internal import Events

/// Hands values from one thread to another, holding the former back when the latter is slow.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  private let countMax: Int
  private let monitor = Monitor()
  private var elements: [Element] = []
  /// Nothing more is put in, and why.
  private var end: Result<Void, LogError>?
  private var isAbandoned = false

  init(countMax: Int) { self.countMax = countMax }

  /// Puts a value in, waiting for room; false when nobody takes any more.
  func put(_ element: Element) -> Bool {
    monitor.locked {
      while !isAbandoned, elements.count >= countMax { monitor.wait() }
      guard !isAbandoned else { return false }
      elements.append(element)
      monitor.signal()
      return true
    }
  }

  /// Says that nothing more comes, and why.
  func finish(_ result: Result<Void, LogError>) {
    monitor.locked {
      end = result
      monitor.signal()
    }
  }

  /// Takes the next value, waiting for it; nil at the end.
  func take() throws(LogError) -> Element? {
    let taken = monitor.locked { () -> Result<Element?, LogError> in
      while elements.isEmpty {
        if let end { return end.map { nil } }
        monitor.wait()
      }
      let element = elements.removeFirst()
      monitor.signal()
      return .success(element)
    }
    return try taken.get()
  }

  /// Says that nothing more is taken.
  func abandon() {
    monitor.locked {
      isAbandoned = true
      monitor.signal()
    }
  }
}
