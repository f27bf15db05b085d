/// A secret in some bytes: which rule found it, and where it is.
package struct Finding: Hashable, Sendable {
  /// The rule's name, as markers show it: lower-case letters, digits and `-`.
  package var rule: String
  /// The secret itself, without the words around it.
  package var range: Range<Int>

  package init(rule: String, range: Range<Int>) {
    self.rule = rule
    self.range = range
  }
}

/// What is done with a secret in an event that is appended.
package enum SecretMode: String, Sendable, CaseIterable {
  /// A marker is stored in its place.
  case mask
  /// The event is refused.
  case block
  /// A marker is stored in its place, and the original beside it, encrypted.
  case seal
  /// Nothing is looked for.
  case off
}

/// About how long a secret was: never how long exactly.
package enum LengthClass: String, Sendable, CaseIterable {
  case under32 = "<32"
  case under64 = "<64"
  case under256 = "<256"
  case more

  package init(_ byteCount: Int) {
    self =
      byteCount < 32 ? .under32 : byteCount < 64 ? .under64 : byteCount < 256 ? .under256 : .more
  }
}
