package import Events
internal import LMDB
internal import Synchronization

/// A log on disk: a directory with LMDB's `data.mdb` and `lock.mdb`.
///
/// A process has a log open once. Every write goes through the directory lock, so that it waits
/// with a deadline and notices a lock file that was deleted or replaced. When the whole directory
/// was replaced, by a compaction or a restore, it goes on with the new one.
package final class LMDBLog: EventLog {
  package let path: String
  package let identity: LogIdentity
  let options: LogOptions
  private let current: Mutex<LogFiles>

  /// Opens the log in a directory.
  package init(opening path: String, _ options: LogOptions = LogOptions()) throws(LogError) {
    self.path = path
    self.options = options
    let files = try LogFiles.open(path, options)
    identity = files.identity
    current = Mutex(files)
  }

  /// What is open now.
  var files: LogFiles { current.withLock { $0 } }
  /// What the log says about who may write it.
  package var format: LogFormat { files.format }
  /// The head as it is known outside of the log's own files; nil when there is nowhere to keep it.
  package var highWater: HighWaterSlot? { files.highWater }

  package func refresh() throws(LogError) -> UInt32 {
    if files.lock.isReplaced {
      let fresh = try successor()
      current.withLock { $0 = fresh }
    }
    return format.epoch
  }

  /// Opens what is there now, if it is of the same epoch.
  ///
  /// Who writes carries on over a compaction, but not over a restore: its receipts would say the
  /// epoch of other events.
  func reopen() throws(LogError) {
    let fresh = try successor()
    guard fresh.format.epoch == format.epoch else { throw LogError.replaced(path) }
    current.withLock { $0 = fresh }
  }

  /// The log that is in this one's place now.
  private func successor() throws(LogError) -> LogFiles {
    let fresh = try LogFiles.open(path, options)
    guard fresh.identity == identity else {
      throw LogError(
        .unsafe, "another log was put in the place of \(path)",
        hint: "Nothing was written: run the command again if that is the log you mean")
    }
    return fresh
  }

  package func head() throws(LogError) -> Head {
    let files = files
    return try Self.read(files.environment, files.handles) { (tables) throws(LogError) in
      try tables.head()
    }
  }

  package func read<U: ReadUnit>(_ unit: inout U) throws(LogError) -> U.Output {
    let files = files
    return try Self.read(files.environment, files.handles) { (tables) throws(LogError) in
      try unit.run(tables)
    }
  }

  /// Runs a unit that looks at the stored bytes themselves.
  package func audit<U: AuditUnit>(_ unit: inout U) throws(LogError) -> U.Output {
    let files = files
    return try Self.read(files.environment, files.handles) { (tables) throws(LogError) in
      try unit.run(tables)
    }
  }

  /// A transaction borrows its environment, which therefore comes as a parameter: what a class
  /// holds can't be borrowed for longer than an expression.
  static func read<Output>(
    _ environment: borrowing Environment, _ handles: TableHandles,
    _ body: (borrowing ReadTables) throws(LogError) -> Output
  ) throws(LogError) -> Output {
    let transaction = try environment.beginReading()
    let generation = try RowGeneration.inForce(transaction, handles)
    return try body(ReadTables(transaction, handles, generation))
  }
}

/// How many places for readers an open log has.
package struct LogFigures: Hashable, Sendable {
  package var readers: Int
  package var maxReaders: Int
}

extension LMDBLog {
  package func figures() throws(LogError) -> LogFigures {
    do throws(LMDBError) {
      let info = try files.environment.info()
      return LogFigures(readers: info.readers, maxReaders: info.maxReaders)
    } catch {
      throw LogError(error, doing: "looking at the readers")
    }
  }

  /// Throws when this program is too old to write the log.
  package func checkWritable() throws(LogError) { try format.checkWritable(path) }
}
