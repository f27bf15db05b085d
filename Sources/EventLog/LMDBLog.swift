package import Events
internal import LMDB

/// A log on disk: a directory with LMDB's `data.mdb` and `lock.mdb`.
///
/// A process has a log open once. Every write goes through the directory lock, so that it waits
/// with a deadline and notices a lock file that was deleted or replaced.
package final class LMDBLog: EventLog {
  package let path: String
  package let identity: LogIdentity
  /// What the log says about who may write it.
  package let format: LogFormat
  let environment: Environment
  let handles: TableHandles
  let lock: WriteLock
  /// The head as it is known outside of the log's own files; nil when there is nowhere to keep it.
  package let highWater: HighWaterSlot?

  /// Opens the log in a directory.
  package init(opening path: String, _ options: LogOptions = LogOptions()) throws(LogError) {
    try FileCheck.check(directory: path, options)
    self.path = path
    environment = try Self.openEnvironment(path, options)
    (handles, format, identity) = try Self.readDescription(environment, path)
    lock = try WriteLock(directory: path)
    highWater = HighWaterSlot(
      directory: options.stateDirectory, log: identity.id, dataFile: environment.fileDescriptor,
      isReadOnly: options.isReadOnly)
  }

  package func read<U: ReadUnit>(_ unit: inout U) throws(LogError) -> U.Output {
    try Self.read(environment, handles) { (tables) throws(LogError) in try unit.run(tables) }
  }

  /// Runs a unit that looks at the stored bytes themselves.
  package func audit<U: AuditUnit>(_ unit: inout U) throws(LogError) -> U.Output {
    try Self.read(environment, handles) { (tables) throws(LogError) in try unit.run(tables) }
  }

  /// A transaction borrows its environment, which therefore comes as a parameter: what a class
  /// holds can't be borrowed for longer than an expression.
  private static func read<Output>(
    _ environment: borrowing Environment, _ handles: TableHandles,
    _ body: (borrowing ReadTables) throws(LogError) -> Output
  ) throws(LogError) -> Output {
    let transaction = try environment.beginReading()
    let generation = try RowGeneration.inForce(transaction, handles)
    return try body(ReadTables(transaction, handles, generation))
  }

  private static func readDescription(
    _ environment: borrowing Environment, _ path: String
  ) throws(LogError) -> (TableHandles, LogFormat, LogIdentity) {
    let transaction = try environment.beginReading()
    let handles = try TableHandles(of: transaction, path)
    guard let format = try LogFormat(Reading.main(MainKey.format, transaction, handles)),
      let identity = try LogIdentity(Reading.main(MainKey.identity, transaction, handles))
    else {
      throw LogError(
        .corruption, "\(path) is an LMDB file but not a log of uetlog",
        hint: "Choose another directory with --log")
    }
    try format.checkReadable(path)
    return (handles, format, identity)
  }
}
