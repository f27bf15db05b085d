/// How a log is opened.
package struct LogOptions: Sendable {
  /// The address space to reserve at first; the log grows beyond it by itself.
  package var mapByteCount = 1 << 30
  package var isReadOnly = false
  /// Where the head is kept outside of the log; nil to keep it nowhere.
  package var stateDirectory: String?
  /// Does not wait for the disk.
  ///
  /// Only for tests that prove that a durability test can fail.
  package var isUnsafeWithoutSync = false
  /// Opens logs on file systems and in states that are refused otherwise.
  package var isUnsafeAllowed = false

  package init() {}
}
