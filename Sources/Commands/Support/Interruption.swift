internal import Events
internal import Glibc

/// The signals by which people and supervisors end a program.
enum Interruption {
  private static let signals = [SIGINT, SIGTERM]

  /// Calls `body` on a thread of its own when the first of them comes; the second ends the process.
  ///
  /// Signals that the caller ignores stay ignored. Threads that are started later must not be
  /// interrupted either: they inherit that.
  static func watch(_ body: @escaping @Sendable () -> Void) throws(LogError) {
    var watched = sigset_t()
    unsafe sigemptyset(&watched)
    for signal in signals where !isIgnored(signal) { unsafe sigaddset(&watched, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &watched, nil)
    let set = watched
    try Thread.start {
      var set = set
      var signal: Int32 = 0
      guard unsafe sigwait(&set, &signal) == 0 else { return }
      body()
      guard unsafe sigwait(&set, &signal) == 0 else { return }
      _exit(128 + signal)
    }.detach()
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
    let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    return unsafe handler == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
