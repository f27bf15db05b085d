internal import Glibc

/// The clock that only goes forward, for how long something takes.
package enum MonotonicTime {
  /// Nanoseconds since some moment in the past, the same one within a boot.
  package static func nanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
