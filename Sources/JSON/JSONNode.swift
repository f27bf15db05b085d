/// What a JSON value is.
@usableFromInline
package enum JSONKind: UInt8, Sendable { case null, bool, number, string, array, object }

/// A value of a document: an index into its tape.
@usableFromInline package struct JSONNode: Hashable, Sendable {
  /// The place on the tape.
  @usableFromInline package let index: Int

  @inlinable init(_ index: Int) { self.index = index }
}
