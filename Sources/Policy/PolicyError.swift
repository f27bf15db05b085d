/// Why a policy can't be in force: its file is broken, or it contradicts another one.
package struct PolicyError: Error, Hashable, Sendable {
  package let code: Code
  /// The file that is wrong; for contradictions the more specific one.
  package let file: String
  package let message: String
  /// Where in the file, as a JSON pointer.
  package let pointer: String?

  package init(_ code: Code, _ file: String, _ message: String, pointer: String? = nil) {
    self.code = code
    self.file = file
    self.message = message
    self.pointer = pointer
  }

  package enum Code: String, Sendable {
    case invalid = "policy_invalid"
    case weakened = "constraint_weakened"
    case ambiguous = "policy_ambiguous"
  }
}
