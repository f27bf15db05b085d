/// A named table of an environment, or its unnamed main one.
///
/// A table that was created in a transaction which aborted does not exist: open it again.
package struct Table: Hashable, Sendable {
  let dbi: UInt32
  /// Whether the keys are 64-bit numbers instead of bytes.
  package let hasIntegerKeys: Bool

  /// LMDB reads eight bytes from each key of an integer table, whatever length it is told.
  @inline(__always)
  func expectIntegerKeys(_ expected: Bool) throws(LMDBError) {
    guard hasIntegerKeys == expected else { throw .incompatible }
  }
}

/// The shape of a table.
package struct TableStatistics: Hashable, Sendable {
  package let entries: Int
  package let depth: Int
  package let branchPages: Int
  package let leafPages: Int
  package let overflowPages: Int
}
