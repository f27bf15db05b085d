internal import Events

extension Log {
  /// Why something was refused or failed, in a form for people and for programs.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stable word, the `error.code` of the command's `--json`, such as `conflict` or `busy`.
    public let code: String
    /// What was found.
    public let message: String
    public let expected: String?
    public let actual: String?
    /// What would have been accepted.
    public let allowed: [String]
    /// Where in the payload or draft, as a JSON pointer.
    public let pointer: String?
    /// What to do next.
    public let hint: String?
    /// All of it in a sentence.
    public let description: String
  }
}

extension Log.Failure {
  init(_ error: LogError) {
    code = error.code.rawValue
    message = error.message
    expected = error.expected
    actual = error.actual
    allowed = error.allowed
    pointer = error.pointer
    hint = error.hint
    description = error.description
  }
}
