internal import Events
internal import Glibc
internal import LMDB

extension LMDBLog {
  /// How often, and after which pause, to try again when the lock file is half made.
  private static let attemptsMax = 400
  private static let pauseMicroseconds: useconds_t = 5000

  /// Opens the environment of a log.
  ///
  /// The first process to open it sets LMDB's lock file up while others wait. When that one is
  /// killed in between, those that waited go on with a lock file that counts transactions from
  /// zero: their snapshots would be old ones. They close it again, until one of them is first.
  static func openEnvironment(
    _ path: String, _ options: LogOptions
  ) throws(LogError) -> Environment {
    for _ in 0..<attemptsMax {
      let environment = try open(path, options)
      if try isSetUp(environment) { return environment }
      usleep(pauseMicroseconds)
    }
    throw LogError(
      .unsafe, "the lock file of \(path) is half made",
      hint: "Stop all programs that use this log, then run the command again")
  }

  private static func open(
    _ path: String, _ options: LogOptions
  ) throws(LogError) -> Environment {
    let settings = EnvironmentOptions(
      mapSizeBytes: options.mapByteCount, readOnly: options.isReadOnly,
      noSync: options.isUnsafeWithoutSync)
    do throws(LMDBError) {
      return try Environment(path: path, options: settings)
    } catch {
      if error == .noSuchFile { throw LogError.noLog(path) }
      throw LogError(error, doing: "opening \(path)")
    }
  }

  /// Whether the lock file knows of any transaction that the data file has.
  private static func isSetUp(_ environment: borrowing Environment) throws(LogError) -> Bool {
    let seen = try environment.beginReading().id
    do throws(LMDBError) {
      let last = try environment.info().lastTransactionID
      return seen != 0 || last == 0
    } catch {
      throw LogError(error, doing: "looking at the map")
    }
  }
}
