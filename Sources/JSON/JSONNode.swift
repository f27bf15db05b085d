/// What a JSON value is.
package enum JSONKind: UInt8, Sendable { case null, bool, number, string, array, object }

/// A value of a document: an index into its tape.
package struct JSONNode: Hashable, Sendable {
  /// The place on the tape.
  package let index: Int

  init(_ index: Int) { self.index = index }
}
