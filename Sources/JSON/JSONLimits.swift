/// What a document may at most be; anything larger is refused.
package enum JSONLimits {
  /// Containers inside each other.
  package static let depth = 128
  /// Members of one object.
  package static let keys = 10_000
  /// Bytes of one number.
  package static let number = 64
  /// Bytes of a document.
  package static let bytes = 1 << 28
}
