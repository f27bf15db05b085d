package import Bytes
internal import Synchronization

/// A clock that stands still until it is told otherwise, and can go backwards.
package final class TestClock: TimeSource {
  private let time: Mutex<Timestamp>

  /// Starts at 2026-01-01T00:00:00Z.
  package init(_ time: Timestamp = Timestamp(milliseconds: 1_767_225_600_000)) {
    self.time = Mutex(time)
  }

  package func now() -> Timestamp { time.withLock { $0 } }

  package func set(_ new: Timestamp) { time.withLock { $0 = new } }

  /// Moves the clock; a negative number moves it back.
  package func advance(seconds: Int64) {
    time.withLock { $0 = $0.advanced(by: seconds * 1_000_000_000) }
  }
}
