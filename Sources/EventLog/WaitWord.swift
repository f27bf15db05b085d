internal import CFutex

/// A number that threads of this process change, and on which they sleep until another changes it.
@safe final class WaitWord: @unchecked Sendable {
  private let place: UnsafeMutablePointer<UInt32>

  init() {
    unsafe place = .allocate(capacity: 1)
    unsafe place.initialize(to: 0)
  }

  deinit { unsafe place.deallocate() }

  var value: UInt32 {
    get { unsafe uetlog_load(place) }
    set { unsafe uetlog_store(place, newValue) }
  }

  /// Puts a value in the place of an expected one; false when another is there.
  func replace(_ expected: UInt32, by value: UInt32) -> Bool {
    unsafe uetlog_replace(place, expected, value)
  }

  /// Sleeps while a value is there, until somebody wakes, at most so long.
  func wait(while value: UInt32, nanoseconds: Int64) {
    unsafe uetlog_wait(place, value, max(nanoseconds, 0))
  }

  /// Wakes one of those who sleep.
  func wake() { unsafe uetlog_wake(place) }
}
