internal import Bytes
package import Events
internal import Glibc
internal import LMDB
internal import Merkle

extension LMDBLog {
  /// Makes a new log.
  ///
  /// It is built in a temporary directory beside it, synced, then renamed, so that a crash leaves
  /// either no log or a whole one. Whoever loses a race opens the winner's.
  ///
  /// - Parameter values: small values that the log has from its start.
  package static func create(
    _ path: String, identity: LogIdentity, _ options: LogOptions = LogOptions(),
    values: [String: [UInt8]] = [:]
  ) throws(LogError) {
    let directory = try NewDirectory(beside: path)
    try build(directory.path, identity, options, values)
    Reserve.take(ofLog: directory.path)
    // Another process was first: its log is in place, ours goes.
    if try directory.put() { return }
    guard unsafe access(path + "/data.mdb", F_OK) == 0 else {
      throw LogError(
        .cannotWrite, "\(path) is not empty and holds no log",
        hint: "Name another directory with --log: it is made if there is none")
    }
  }

  private static func build(
    _ directory: String, _ identity: LogIdentity, _ options: LogOptions,
    _ values: [String: [UInt8]]
  ) throws(LogError) {
    do throws(LMDBError) {
      let environment = try Environment(
        path: directory, options: EnvironmentOptions(mapSizeBytes: options.mapByteCount))
      var transaction = try environment.beginWrite()
      let handles = try TableHandles(creating: &transaction)
      var head = Head()
      head.frontier.append(identity.genesisLeaf)
      try transaction.put(handles.main, key: MainKey.head, value: head.encoded)
      try transaction.put(handles.main, key: MainKey.identity, value: identity.encoded)
      try transaction.put(handles.main, key: MainKey.format, value: LogFormat.current.encoded)
      for (key, value) in values {
        try transaction.put(handles.main, key: MainKey.value(key), value: value)
      }
      try transaction.commit()
      try environment.sync()
    } catch {
      throw LogError(error, doing: "creating a log")
    }
  }
}
