internal import Synchronization

/// A log in memory: the same promises as the one on disk but durability.
///
/// For tests, simulation and looking at the past.
package final class MemoryLog: EventLog {
  package let identity: LogIdentity
  private let tables: Mutex<MemoryTables>

  package init(identity: LogIdentity) {
    self.identity = identity
    tables = Mutex(MemoryTables(genesis: identity.genesisLeaf))
  }

  package func write<U: WriteUnit>(
    waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> U.Output {
    // The tables are a value: working on a copy and storing it at the end makes a unit that
    // throws leave nothing behind.
    var result: Result<U.Output, LogError>?
    tables.withLock { stored in
      var working = stored
      working.begin()
      do throws(LogError) {
        result = .success(try unit.run(&working))
        if !unit.isDryRun { stored = working }
      } catch {
        result = .failure(error)
      }
    }
    guard let result else { throw LogError(.system, "the unit did not run") }
    return try result.get()
  }

  package func read<U: ReadUnit>(_ unit: inout U) throws(LogError) -> U.Output {
    let snapshot = tables.withLock { $0 }
    return try unit.run(snapshot)
  }

  package func refresh() -> UInt32 { 1 }

  /// A copy of the tables as they stand.
  package var snapshot: MemoryTables { tables.withLock { $0 } }
}
