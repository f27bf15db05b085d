/// How an environment is opened.
package struct EnvironmentOptions: Hashable, Sendable {
  /// The address space reserved for the file.
  ///
  /// A smaller one is taken when this much is not to be had; `Environment.info()` tells which.
  package var mapSizeBytes: Int
  /// The size of the reader table; it counts for the process that creates the lock file.
  package var maxReaders: UInt32
  /// How many named tables the environment may have.
  package var maxTables: UInt32
  /// Whether write transactions are refused.
  package var readOnly: Bool
  /// Whether commits are left to the page cache, so that tests of durability can be seen to fail.
  package var noSync: Bool

  package init(
    mapSizeBytes: Int = 1 << 30, maxReaders: UInt32 = 1024, maxTables: UInt32 = 16,
    readOnly: Bool = false, noSync: Bool = false
  ) {
    self.mapSizeBytes = mapSizeBytes
    self.maxReaders = maxReaders
    self.maxTables = maxTables
    self.readOnly = readOnly
    self.noSync = noSync
  }
}
