internal import Events
internal import Glibc
internal import Secrets

extension SecretLiteral {
  /// The values of the environment variables that `--secret-env` names.
  static func named(_ names: [String]) throws(LogError) -> [SecretLiteral] {
    var literals: [SecretLiteral] = []
    for name in names {
      guard let value = unsafe getenv(name) else {
        throw LogError(.usage, "--secret-env: there is no variable \(name)")
      }
      // As they are: a value that is not UTF-8 is looked for too.
      let bytes = unsafe UnsafeBufferPointer(start: value, count: strlen(value))
        .map { UInt8(bitPattern: $0) }
      guard let literal = SecretLiteral(name: name, value: bytes) else {
        throw LogError(
          .usage, "--secret-env: the value of \(name) is too short or too plain to look for",
          expected: "\(SecretLiteral.byteCountMin) bytes or more, three of them different")
      }
      literals.append(literal)
    }
    return literals
  }
}
