internal import Glibc

/// A program that was started to read what it prints.
///
/// Arguments are passed as they are, no shell is involved. Its input is a file, an empty one unless
/// one is named; of this process's descriptors it gets only those that are not close-on-exec; all
/// signals are as in a fresh process.
package struct ChildProcess: ~Copyable {
  private let process: pid_t
  private let output: Int32
  private let errors: Int32
  private let program: String
  /// The start of what the program printed to its standard error.
  private var errorText: [UInt8] = []
  private var hasErrorsLeft = true
  private var isReaped = false

  private static let errorByteCountMax = 4096

  /// Starts `program`, found on the path, with the environment of this process and `environment`,
  /// whose nil values take a variable away.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String?] = [:],
    input: String = "/dev/null"
  ) throws(RunnerError) {
    self.program = program
    let (readOutput, writeOutput) = try Self.pipe()
    let (readErrors, writeErrors) = try Self.pipe()
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, writeOutput, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, writeErrors, 2)
    var attributes = Self.plainSignals()
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var child: pid_t = 0
    let code = unsafe Self.withStrings([program] + arguments) { arguments in
      unsafe Self.withStrings(Self.merged(environment)) { environment in
        unsafe posix_spawnp(&child, program, &actions, &attributes, arguments, environment)
      }
    }
    close(writeOutput)
    close(writeErrors)
    guard code == 0 else {
      close(readOutput)
      close(readErrors)
      throw RunnerError(
        program: program, message: unsafe String(cString: strerror(code)), isMissing: code == ENOENT
      )
    }
    process = child
    output = readOutput
    errors = readErrors
  }

  deinit {
    close(output)
    close(errors)
    guard !isReaped else { return }
    kill(process, SIGKILL)
    var status: Int32 = 0
    _ = unsafe waitpid(process, &status, 0)
  }

  /// Kills it; what it has printed can still be read.
  package func end() { kill(process, SIGKILL) }

  /// Reads at most `count` bytes of what the program prints; empty at its end.
  package mutating func read(_ count: Int) throws(RunnerError) -> [UInt8] {
    while hasErrorsLeft, try takeErrors(untilOutput: true) {}
    return try Self.read(output, count, program)
  }

  /// Waits for the program's end; what is left of its output is dropped.
  ///
  /// - Returns: its exit code, 128 + n when it was ended by signal n, and the start of what it
  ///   printed to its standard error.
  package mutating func wait() throws(RunnerError) -> (code: Int32, errors: String) {
    while try !read(1 << 16).isEmpty {}
    while hasErrorsLeft { _ = try takeErrors(untilOutput: false) }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else {
        throw RunnerError(program: program, message: "lost the process", isMissing: false)
      }
    }
    isReaped = true
    let signal = status & 0x7F
    let code = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    return (code, String(decoding: errorText, as: UTF8.self))
  }

  /// Takes in what the program printed to its standard error, all of it: a program whose errors
  /// nobody reads stops when the pipe is full.
  ///
  /// - Returns: false when there is output to read first.
  private mutating func takeErrors(untilOutput: Bool) throws(RunnerError) -> Bool {
    var ends = [
      pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      pollfd(fd: untilOutput ? output : -1, events: Int16(POLLIN), revents: 0),
    ]
    while unsafe poll(&ends, 2, -1) < 0 {
      guard errno == EINTR else {
        throw RunnerError(
          program: program, message: unsafe String(cString: strerror(errno)), isMissing: false)
      }
    }
    if ends[0].revents != 0 {
      let bytes = try Self.read(errors, 1 << 14, program)
      hasErrorsLeft = !bytes.isEmpty
      errorText += bytes.prefix(Self.errorByteCountMax - errorText.count)
    }
    return ends[1].revents == 0
  }

  /// Nothing is blocked or ignored: threads here may block signals, and this program ignores some.
  private static func plainSignals() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    return attributes
  }

  private static func pipe() throws(RunnerError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else {
      throw RunnerError(
        program: "pipe", message: unsafe String(cString: strerror(errno)), isMissing: false)
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func read(
    _ descriptor: Int32, _ count: Int, _ program: String
  ) throws(RunnerError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var got = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
      while got < 0, errno == EINTR {
        got = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
      }
      if got < 0 { failure = errno }
      filled = max(0, got)
    }
    guard failure == 0 else {
      throw RunnerError(
        program: program, message: unsafe String(cString: strerror(failure)), isMissing: false)
    }
    return bytes
  }

  private static func merged(_ changes: [String: String?]) -> [String] {
    var merged: [String] = []
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let variable = unsafe String(cString: text)
      let name = String(variable.prefix { $0 != "=" })
      if !changes.keys.contains(name) { merged.append(variable) }
      unsafe entry += 1
    }
    let set = changes.compactMap { name, value in value.map { "\(name)=\($0)" } }
    return merged + set.sorted()
  }

  private static func withStrings<R>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe body(copies + [nil])
  }
}

/// What went wrong with a program that was run.
package struct RunnerError: Error, Hashable, Sendable, CustomStringConvertible {
  package var program: String
  package var message: String
  /// The program is not installed.
  package var isMissing: Bool

  package init(program: String, message: String, isMissing: Bool) {
    self.program = program
    self.message = message
    self.isMissing = isMissing
  }

  package var description: String { "\(program): \(message)" }
}
