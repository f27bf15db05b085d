package import JSON

extension LogError {
  /// A file or text that is no JSON, with its line and, where somebody wrote a comment, a hint.
  ///
  /// - Parameters:
  ///   - name: how the message names it.
  ///   - bytes: what was parsed.
  package static func broken(
    _ code: Code, _ name: String, _ error: JSONError, in bytes: [UInt8]
  ) -> LogError {
    var wrong = LogError(
      code, "\(name) is broken: \(error.message)", pointer: error.pointer,
      hint: error.isAtComment(in: bytes) ? JSONError.commentHint : nil)
    wrong.line = error.line
    return wrong
  }
}
