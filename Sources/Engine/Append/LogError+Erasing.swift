package import Events
internal import JSON
internal import Pipeline
package import Secrets

extension SecretGuard {
  /// An error that quotes nothing secret of the input that it is about.
  package func erasing(_ error: LogError, _ inputs: [[UInt8]]) -> LogError {
    error.erasing(masker.scanner, inputs)
  }
}

extension LogError {
  /// The same without the secrets of `inputs`, also where only their beginnings are quoted.
  package func erasing(_ scanner: SecretScanner, _ inputs: [[UInt8]] = []) -> LogError {
    let secrets = inputs.flatMap { scanner.secrets(in: $0) }
    func erased(_ text: String) -> String { scanner.erasing(text, secrets: secrets) }
    var error = self
    error.message = erased(message)
    error.expected = expected.map(erased)
    error.actual = actual.map(erased)
    error.allowed = allowed.map(erased)
    error.pointer = pointer.map(erased)
    error.hint = hint.map(erased)
    return error
  }
}

extension Draft {
  /// All that a caller gave, for `SecretGuard.erasing`.
  var inputs: [[UInt8]] {
    let pairs = labels.map { $0.key + "=" + $0.value }
    return [payload.document.compacted(payload.node)]
      + (texts + pairs + [stream ?? ""]).map { Array($0.utf8) }
  }

  /// What a caller gave beside the payload.
  private var texts: [String] {
    [source, key ?? "", correlationID ?? ""] + labels.flatMap { [$0.key, $0.value] }
  }
}
