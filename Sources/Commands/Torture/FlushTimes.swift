internal import Bytes
internal import Events
internal import Glibc

/// How long a disk takes to say that 4 KiB are written.
struct FlushTimes {
  private static let count = 100
  /// No disk that writes is as fast as this; memory is.
  private static let plausibleMicroseconds: Int64 = 20

  let medianMicroseconds: Int64
  let slowestMicroseconds: Int64

  /// Whether the answer came sooner than anything can be written.
  var isTooFast: Bool { medianMicroseconds < Self.plausibleMicroseconds }

  init(in directory: String) throws(LogError) {
    let path = directory + "/flushed"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    let page = [UInt8](repeating: 0x55, count: 4096)
    var times: [Int64] = []
    for number in 0..<Self.count {
      let start = MonotonicTime.nanoseconds()
      let written = unsafe page.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(number % 16 * 4096))
      }
      guard written == page.count, fdatasync(descriptor) == 0 else {
        throw LogError(
          .cannotWrite, "can't write \(path): \(unsafe String(cString: strerror(errno)))")
      }
      times.append((MonotonicTime.nanoseconds() - start) / 1000)
    }
    times.sort()
    medianMicroseconds = times[times.count / 2]
    slowestMicroseconds = times[times.count - 1]
  }
}
