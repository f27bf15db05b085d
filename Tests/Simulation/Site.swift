internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import Pipeline
internal import TestSupport

/// One log and the engines of all who use it, each as if in a process of its own.
final class Site {
  /// Where the log lies.
  enum Place {
    case memory
    case broken(Breakage)
    /// On disk, with the room that its map has at first.
    case lmdb(mapByteCount: Int)
  }

  let log: FaultyLog
  private(set) var engines: [Engine<FaultyLog>] = []
  private let directory: TemporaryDirectory?
  private var options = LogOptions()
  private let clock: TestClock
  /// What salts and ids come from; the same on every site of a world.
  private var entropy: SeededEntropy

  /// Schemas are compiled once for all worlds.
  private static let catalog = Catalog()
  static let identity = LogIdentity(
    id: ULID(milliseconds: 1_767_225_600_000, random: (7, 7)), secret: Salt(high: 11, low: 13))

  init(_ place: Place, actors: Int, clock: TestClock, entropy: SeededEntropy) throws {
    self.clock = clock
    self.entropy = entropy
    switch place {
    case .memory:
      directory = nil
      log = FaultyLog(MemoryLog(identity: Self.identity))
    case .broken(let breakage):
      directory = nil
      log = FaultyLog(BrokenLog(identity: Self.identity, breakage))
    case .lmdb(let mapByteCount):
      let directory = try TemporaryDirectory()
      self.directory = directory
      options.mapByteCount = mapByteCount
      // Nobody cuts the power here: what is promised of the disk is the torture's matter.
      options.isUnsafeWithoutSync = true
      try LMDBLog.create(directory("log"), identity: Self.identity, options)
      log = FaultyLog(try LMDBLog(opening: directory("log"), options))
    }
    for _ in 0..<actors { engines.append(fresh()) }
  }

  private func fresh() -> Engine<FaultyLog> {
    Engine(
      log: log, catalog: Self.catalog, policies: TestPatches.policies(), clock: clock,
      entropy: entropy.split())
  }

  /// An actor's process ends and another one begins: nothing is remembered.
  func restart(_ actor: Int) { engines[actor] = fresh() }

  /// All processes end, the log is closed and opened again.
  func restartAll() throws {
    if let directory {
      // The old one is closed first: a process has a log open once.
      log.replaceBase(MemoryLog(identity: Self.identity))
      log.replaceBase(try LMDBLog(opening: directory("log"), options))
    }
    for actor in engines.indices { restart(actor) }
  }

  /// All that the log stores.
  func dump() throws(LogError) -> LogDump {
    if let broken = log.base as? BrokenLog { return try LogDump(of: Frozen(broken)) }
    return try withExtendedLifetime(log) { () throws(LogError) in try LogDump(of: log) }
  }

  /// What `uetlog verify` finds in the log on disk; nil for one in memory.
  func verification() -> Verification? {
    guard let lmdb = log.base as? LMDBLog else { return nil }
    return Engine(log: lmdb, catalog: Self.catalog).verify()
  }
}

/// What a broken log stores, without what is broken about reading it.
private final class Frozen: EventLog {
  let identity: LogIdentity
  private let tables: MemoryTables

  init(_ log: BrokenLog) {
    identity = log.identity
    tables = log.sound
  }

  func write<U: WriteUnit>(
    waitNanoseconds: Int64, _ unit: inout U
  ) throws(LogError) -> U.Output { throw LogError(.cannotWrite, "a copy to be looked at") }

  func read<U: ReadUnit>(_ unit: inout U) throws(LogError) -> U.Output { try unit.run(tables) }

  func refresh() -> UInt32 { 1 }
}
