/// Why a text is no evidence.
package struct EvidenceError: Error, Hashable, Sendable {
  /// The kind of failure.
  package enum Code: Hashable, Sendable {
    /// The text does not have the form that it should have.
    case malformed
    /// None of the given keys has signed it.
    case unsigned
    /// It was changed: a signature of a given key, or a proof, does not hold.
    case refuted
  }

  package var code: Code
  /// What was found, in a sentence without a final stop.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
