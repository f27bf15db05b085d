internal import Glibc

/// A moment: nanoseconds since 1970-01-01T00:00:00Z, years 1678–2261.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package init(milliseconds: Int64) {
    let (value, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    nanoseconds = overflow ? (milliseconds < 0 ? .min : .max) : value
  }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

  /// Nanoseconds from `earlier` to this moment, clamped to what fits.
  package func since(_ earlier: Timestamp) -> Int64 {
    let (value, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    return overflow ? (nanoseconds < 0 ? .min : .max) : value
  }

  /// This moment moved by a number of nanoseconds, clamped to what fits.
  package func advanced(by delta: Int64) -> Timestamp {
    let (value, overflow) = nanoseconds.addingReportingOverflow(delta)
    return Timestamp(nanoseconds: overflow ? (delta < 0 ? .min : .max) : value)
  }
}

/// Where times come from; injected, so that tests can set them.
package protocol TimeSource: Sendable {
  func now() -> Timestamp
}

/// The system's clock, cut to microseconds so that printed times stay readable.
package struct SystemClock: TimeSource {
  package init() {}

  package func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    let micros = Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
    return Timestamp(nanoseconds: micros &* 1000)
  }
}
