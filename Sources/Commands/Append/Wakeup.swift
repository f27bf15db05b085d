internal import Configuration
internal import Events
internal import Glibc
internal import Synchronization

/// Calls a thread that waits for standard input.
final class Wakeup: Sendable {
  private let isCalled = Atomic<Bool>(false)
  private let readEnd: Int32
  private let writeEnd: Int32

  init() throws(LogError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
      throw LogError(.system, "can't make a pipe: \(systemText(errno))")
    }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// Makes `check` throw from now on, and `waitsForInput` return false; for one call.
  func call() {
    isCalled.store(true, ordering: .releasing)
    var byte: UInt8 = 0
    _ = unsafe write(writeEnd, &byte, 1)
  }

  /// Throws when the thread was called.
  func check() throws(LogError) {
    if isCalled.load(ordering: .acquiring) { throw LogError(.interrupted, "interrupted") }
  }

  /// Waits until standard input can be read; false when the thread was called.
  func waitsForInput() -> Bool {
    var ready = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
    ]
    while unsafe poll(&ready, 2, -1) < 0, errno == EINTR {}
    return ready[1].revents == 0
  }
}
