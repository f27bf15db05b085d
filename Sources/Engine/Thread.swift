package import Events
internal import Glibc

/// A thread beside the main one; it ends with the process.
package enum Thread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a thread of its own.
  package static func start(_ body: @escaping @Sendable () -> Void) throws(LogError) {
    var thread = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(body))
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      unsafe work.release()
      let reason = unsafe String(cString: strerror(result))
      throw LogError(.system, "can't start a thread: \(reason)")
    }
    pthread_detach(thread)
  }
}
