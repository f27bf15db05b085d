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
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    // Not named by the process number: in containers it repeats, and a leftover would be in the
    // way.
    var template = Array("\(path).tmp.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw LogError.cannotCreate(path) }
    let temporary = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(LogError) {
      try build(temporary, identity, options, values)
      guard unsafe rename(temporary, path) == 0 else {
        let code = errno
        // Another process was first: its log is in place, ours goes.
        guard code == ENOTEMPTY || code == EEXIST else { throw LogError.cannotCreate(path) }
        removeTemporary(temporary)
        guard unsafe access(path + "/data.mdb", F_OK) == 0 else {
          throw LogError(
            .cannotWrite, "\(path) is not empty and holds no log",
            hint: "Name another directory with --log: it is made if there is none")
        }
        return
      }
      try sync(directory: parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent)
    } catch {
      removeTemporary(temporary)
      throw error
    }
  }

  private static func build(
    _ directory: String, _ identity: LogIdentity, _ options: LogOptions,
    _ values: [String: [UInt8]]
  ) throws(LogError) {
    guard unsafe chmod(directory, 0o700) == 0 else { throw LogError.cannotCreate(directory) }
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
    try sync(directory: directory)
  }

  private static func sync(directory: String) throws(LogError) {
    let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LogError.system("opening \(directory)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw LogError.system("syncing \(directory)") }
  }

  private static func removeTemporary(_ directory: String) {
    _ = unsafe unlink(directory + "/data.mdb")
    _ = unsafe unlink(directory + "/lock.mdb")
    _ = unsafe rmdir(directory)
  }
}

extension LogError {
  fileprivate static func cannotCreate(_ path: String) -> LogError {
    var error = LogError.system("creating \(path)")
    if error.code != .noSpace { error.code = .cannotWrite }
    return error
  }
}
