internal import Events
internal import LMDB

/// The files of a log, open.
final class LogFiles: Sendable {
  let environment: Environment
  let handles: TableHandles
  let format: LogFormat
  let identity: LogIdentity
  let lock: WriteLock
  let highWater: HighWaterSlot?

  /// How often the directory may be replaced while it is being opened.
  private static let attemptsMax = 8

  /// Opens the log in a directory; all its files are of the same one.
  static func open(_ path: String, _ options: LogOptions) throws(LogError) -> LogFiles {
    for _ in 0..<attemptsMax {
      let before = FileID(path: path)
      do throws(LogError) {
        let files = try LogFiles(path, options)
        if files.lock.directory == before { return files }
      } catch {
        guard FileID(path: path) != before else { throw error }
      }
    }
    throw LogError(
      .busy, "\(path) is replaced again and again", hint: "Run the same command again")
  }

  private init(_ path: String, _ options: LogOptions) throws(LogError) {
    let start = try FileCheck.check(directory: path, options)
    environment = try LMDBLog.openEnvironment(path, options)
    if !options.isReadOnly, let start {
      try FileCheck.checkFreePages(environment.fileDescriptor, start, log: path)
    }
    (handles, format, identity) = try Self.readDescription(environment, path)
    lock = try WriteLock(directory: path)
    highWater = HighWaterSlot(
      directory: options.stateDirectory, log: identity.id, dataFile: environment.fileDescriptor,
      isReadOnly: options.isReadOnly)
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
