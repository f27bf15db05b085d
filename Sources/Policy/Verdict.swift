/// What became of the checks of one patch.
package struct Verdict: Hashable, Sendable {
  /// Everything that is wrong, not the first only.
  package private(set) var problems: [Problem] = []

  package init() {}

  package mutating func add(_ problem: Problem) { problems.append(problem) }

  package var formatOK: Bool { !problems.contains { $0.check == .format } }
  package var scopeOK: Bool { !problems.contains { $0.check == .scope } }
  package var constraintsOK: Bool { !problems.contains { $0.check == .constraints } }
  package var isOK: Bool { formatOK && scopeOK && constraintsOK }

  /// Which of the ledger's three flags a problem clears.
  package enum Check: String, Sendable {
    case format, scope, constraints
    /// Told, and clears none.
    case notice
  }

  package struct Problem: Hashable, Sendable {
    package let check: Check
    /// What kind of problem: stable, for programs.
    package let code: String
    package let message: String
    /// The line of the diff, from 1.
    package let line: Int?

    package init(_ check: Check, _ code: String, _ message: String, line: Int? = nil) {
      self.check = check
      self.code = code
      self.message = message
      self.line = line
    }
  }
}

extension Verdict.Problem: CustomStringConvertible {
  package var description: String {
    "\(check.rawValue): \(message)" + (line.map { " (line \($0))" } ?? "")
  }
}
