internal import Glibc

/// What it takes to follow a program that may hang, or that leaves others behind.
extension ChildProcess {
  /// Reads at most `count` bytes of what the program prints: empty at its end, nil when nothing
  /// came for so long.
  func read(_ count: Int, waiting milliseconds: Int32) throws(RunnerError) -> [UInt8]? {
    var end = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    // An interruption is as good as nothing: the caller comes back.
    guard unsafe poll(&end, 1, milliseconds) > 0 else { return nil }
    return try Self.read(output, count, program)
  }

  /// Whether the program has ended; its number stays taken, so that signals can't reach another.
  func hasEnded() throws(RunnerError) -> Bool {
    var found = unsafe siginfo_t()
    let options = WEXITED | WNOHANG | WNOWAIT
    while unsafe waitid(P_PID, id_t(process), &found, options) != 0 {
      guard errno == EINTR else {
        throw RunnerError(program: program, message: "lost the process", isMissing: false)
      }
    }
    return unsafe found.si_signo != 0
  }

  /// Sends a signal to the program and to all that it has started and that has not left its group.
  func signalGroup(_ signal: Int32) { kill(-process, signal) }
}
