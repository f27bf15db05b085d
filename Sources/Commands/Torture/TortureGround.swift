internal import Configuration
internal import EventLog
internal import Events
internal import Glibc
internal import Runner

/// A new directory with a log in it and processes of this program that work on it; gone at the end.
final class TortureGround {
  /// Less room than this, and others might be the ones who miss it.
  private static let byteCountFree: UInt64 = 256 << 20

  let path: String

  /// The log that writers are killed over.
  var log: String { path + "/log" }

  /// - Parameter directory: an existing one on the disk that is tried.
  init(in directory: String) throws(LogError) {
    var space = statvfs()
    guard unsafe statvfs(directory, &space) == 0 else {
      throw LogError(.cannotWrite, "can't look at \(directory): \(Self.lastError)")
    }
    let free = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
    guard free.overflow || free.partialValue >= Self.byteCountFree else {
      throw LogError(
        .noSpace, "\(directory) has too little room for this",
        expected: "\(Self.byteCountFree) bytes", actual: "\(free.partialValue) bytes")
    }
    var name = (directory + "/uetlog-torture-XXXXXX").utf8CString
    let isMade = unsafe name.withUnsafeMutableBufferPointer {
      guard let start = $0.baseAddress else { return false }
      return unsafe mkdtemp(start) != nil
    }
    guard isMade else {
      throw LogError(.cannotWrite, "can't make a directory in \(directory): \(Self.lastError)")
    }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Directory.remove(path, depth: 4) }

  private static var lastError: String { unsafe String(cString: strerror(errno)) }

  /// What else is around must not change what happens, and no mark of these logs is left behind.
  private var environment: [String: String?] {
    [
      "UETLOG_STATE": path + "/state", "UETLOG_RUN": nil, "UETLOG": nil,
      "SWIFT_BACKTRACE": "enable=no",
    ]
  }

  /// Starts this program with other words.
  func start(
    _ words: [String], input: String = "/dev/null"
  ) throws(LogError) -> ChildProcess {
    do throws(RunnerError) {
      return try ChildProcess("/proc/self/exe", words, environment: environment, input: input)
    } catch { throw Self.lost(error) }
  }

  /// What a process printed, and how it ended: its exit code, or 128 and the signal's number.
  func finish(
    _ process: inout ChildProcess
  ) throws(LogError) -> (output: [UInt8], code: Int32) {
    do throws(RunnerError) {
      var output: [UInt8] = []
      while case let chunk = try process.read(64 << 10), !chunk.isEmpty { output += chunk }
      return (output, try process.wait().code)
    } catch { throw Self.lost(error) }
  }

  /// Runs this program with other words until it ends.
  func run(_ words: [String]) throws(LogError) -> (output: [UInt8], code: Int32) {
    var process = try start(words)
    return try finish(&process)
  }

  /// Whether `uetlog verify` finds nothing wrong with a log.
  func verifies(_ log: String) throws(LogError) -> Bool {
    try run(["verify", "--log", log]).code == 0
  }

  private static func lost(_ error: RunnerError) -> LogError {
    LogError(.system, "running a process of this program: \(error.message)")
  }

  /// Writes a new file.
  func write(_ bytes: [UInt8], to name: String) throws(LogError) -> String {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0, Output.write(all: bytes, to: descriptor) == nil else {
      throw LogError(.cannotWrite, "can't write \(file): \(Self.lastError)")
    }
    close(descriptor)
    return file
  }
}
