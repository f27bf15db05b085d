internal import Glibc

/// What went wrong with a program that was run.
package struct RunnerError: Error, Hashable, Sendable, CustomStringConvertible {
  package var program: String
  package var message: String
  /// The program is not installed.
  package var isMissing: Bool
  /// The signal that ended it; nil when none did.
  package var signal: Int32?

  package init(program: String, message: String, isMissing: Bool) {
    self.program = program
    self.message = message
    self.isMissing = isMissing
  }

  /// A signal ended it.
  package var wasInterrupted: Bool { signal != nil }

  /// It ended by a fault of its own, which it will have again.
  package var isCrash: Bool {
    signal.map { [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP].contains($0) } ?? false
  }

  package var description: String { "\(program): \(message)" }
}
