internal import Events
internal import Synchronization

/// A log in memory that is broken in one way.
final class BrokenLog: EventLog {
  let identity: LogIdentity
  private let breakage: Breakage
  private let tables: Mutex<BrokenTables>

  init(identity: LogIdentity, _ breakage: Breakage) {
    self.identity = identity
    self.breakage = breakage
    tables = Mutex(BrokenTables(MemoryTables(genesis: identity.genesisLeaf), breakage))
  }

  /// Looks at what is stored as it is.
  var sound: MemoryTables { tables.withLock { $0.base } }

  func write<U: WriteUnit>(
    waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> U.Output {
    var working = tables.withLock { $0 }
    working.transactions += 1
    do throws(LogError) {
      let output = try unit.run(&working)
      let isLost = breakage == .lostCommit && working.transactions % 20 == 0
      if !unit.isDryRun, !isLost { tables.withLock { $0 = working } }
      return output
    } catch {
      if breakage == .keptAbortedWork { tables.withLock { $0 = working } }
      throw error
    }
  }

  func read<U: ReadUnit>(_ unit: inout U) throws(LogError) -> U.Output {
    try unit.run(tables.withLock { $0 })
  }

  func refresh() -> UInt32 { 1 }
}
