internal import Glibc

/// A thread beside the main one; it is joined or detached.
package struct Thread: Sendable {
  private let handle: pthread_t

  /// How many processors there are to run threads on.
  package static var processorCount: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a thread of its own.
  package static func start(
    _ body: @escaping @Sendable () -> Void
  ) throws(LogError) -> Thread {
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
    return Thread(handle: thread)
  }

  /// Runs `body` on a thread of its own to which the system gives none of the process's signals.
  package static func startWithoutSignals(
    _ body: @escaping @Sendable () -> Void
  ) throws(LogError) -> Thread {
    var (all, before) = (sigset_t(), sigset_t())
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try start(body)
  }

  /// Waits until it has ended and let go of all that it held.
  package func join() { pthread_join(handle, nil) }

  /// Lets it go on until it ends, or the process does.
  package func detach() { pthread_detach(handle) }
}
