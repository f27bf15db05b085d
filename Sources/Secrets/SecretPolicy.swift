/// What is done with the secrets of drafts, and which values are secrets because the user says so.
package struct SecretPolicy: Sendable {
  package var mode = SecretMode.mask
  package var literals: [SecretLiteral] = []
  /// The text of the public key that the mode `seal` encrypts to; nil for none.
  package var sealingKey: String?

  /// Masks what the rules find.
  package init() {}
}

/// What is done with a secret in an event that is appended.
package enum SecretMode: String, Sendable, CaseIterable {
  /// A marker is stored in its place.
  case mask
  /// The event is refused.
  case block
  /// A marker is stored in its place, and beside it the payload as it was offered, encrypted.
  case seal
  /// Nothing is looked for.
  case off
}
