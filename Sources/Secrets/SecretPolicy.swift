/// What is done with the secrets of drafts, and which values are secrets because the user says so.
package struct SecretPolicy: Sendable {
  package var mode = SecretMode.mask
  package var literals: [SecretLiteral] = []

  /// Masks what the rules find.
  package init() {}
}

/// What is done with a secret in an event that is appended.
package enum SecretMode: String, Sendable, CaseIterable {
  /// A marker is stored in its place.
  case mask
  /// The event is refused.
  case block
  /// Nothing is looked for.
  case off
}
