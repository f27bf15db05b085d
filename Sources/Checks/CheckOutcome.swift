/// How a check ended.
package struct CheckOutcome: Hashable, Sendable {
  package var name: String
  package var kind: Check.Kind
  package var passed = false
  /// Whether the patch fails when the check did not run: its file says so, or it is a test where
  /// tests are required.
  package var isRequired: Bool
  /// False when its program is not installed, or could not be started.
  package var ran = true
  /// Whether its program is there, and could not be started.
  package var couldNotStart = false
  /// Whether its program said that there are no tests.
  package var foundNoTests = false
  /// The command line that decided, quoted for a shell.
  package var command: String
  /// Of that command, negative for a signal; nil when it was not started.
  package var exitCode: Int32?
  /// Of all of its commands; nil when none was started.
  package var durationMilliseconds: Int64?
  /// The beginning of what was printed, safe to show.
  package var head = ""
  /// The end of what was printed, safe to show; never a part of `head`.
  package var tail = ""
  /// Why it did not pass, or what else is to be said; nil when there is nothing.
  package var message: String?

  /// An outcome of a check that has not been run yet.
  package init(of check: Check, command: String, requiresTests: Bool) {
    name = check.name
    kind = check.kind
    isRequired = check.isRequired || (requiresTests && check.kind == .test)
    self.command = command
  }

  /// Whether the patch can't be accepted because of it: what ran must have passed, and what is
  /// required, or installed, must have run.
  package var failsPatch: Bool { !passed && (ran || isRequired || couldNotStart) }
}
