internal import Glibc
internal import LMDB

/// A directory for one environment that lives as long as a test.
final class TemporaryLog: Sendable {
  let path: String

  init() throws(LMDBError) {
    var template = Array("/tmp/lmdb-tests.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw LMDBError(rawValue: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for directory in [path + "/copy", path] {
      for name in ["data.mdb", "lock.mdb", "link"] { unsafe unlink(directory + "/" + name) }
      unsafe rmdir(directory)
    }
  }

  var dataFile: String { path + "/data.mdb" }

  func open(_ options: EnvironmentOptions = EnvironmentOptions()) throws(LMDBError) -> Environment {
    try Environment(path: path, options: options)
  }
}

extension Environment {
  /// Commits `count` values of `byteCount` bytes, numbered upwards from `first`.
  borrowing func fill(
    from first: UInt64 = 1, count: Int, byteCount: Int = 100
  ) throws(LMDBError) -> Table {
    var transaction = try beginWrite()
    let table = try transaction.openTable("numbers", integerKeys: true, create: true)
    for key in first..<first + UInt64(count) {
      let value = [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: byteCount)
      try transaction.put(table, key: key, value: value, append: true)
    }
    try transaction.commit()
    return table
  }

  borrowing func entryCount(_ table: Table) throws(LMDBError) -> Int {
    let transaction = try beginRead()
    return try transaction.statistics(of: table).entries
  }
}

/// The error that `body` throws, or nil.
func failure(_ body: () throws(LMDBError) -> Void) -> LMDBError? {
  do throws(LMDBError) {
    try body()
    return nil
  } catch {
    return error
  }
}

extension RawSpan {
  /// The bytes, copied.
  var copied: [UInt8] { unsafe withUnsafeBytes { bytes in unsafe Array(bytes) } }
}

/// The bytes of a file.
func contents(of path: String) throws(LMDBError) -> [UInt8] {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw LMDBError(rawValue: errno) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe read(descriptor, &chunk, chunk.count)
    guard count > 0 else { return bytes }
    bytes += chunk[..<count]
  }
}

/// Writes `bytes` over those of a file, or as a new one.
func overwrite(_ path: String, at offset: Int = 0, with bytes: [UInt8]) throws(LMDBError) {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw LMDBError(rawValue: errno) }
  defer { close(descriptor) }
  guard unsafe pwrite(descriptor, bytes, bytes.count, offset) == bytes.count else {
    throw LMDBError(rawValue: errno)
  }
}

/// Runs `body` on a thread of its own, where it may wait without keeping tasks from running.
func onThread<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
    let work = Work { continuation.resume(returning: Result(catching: body)) }
    var thread = pthread_t()
    unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(work).toOpaque())
    pthread_detach(thread)
  }
  return try result.get()
}

/// What a thread is to do.
private final class Work {
  let run: () -> Void

  init(_ run: @escaping () -> Void) { self.run = run }
}
