internal import CSpawn
internal import Glibc

/// A program that was started to read what it prints.
///
/// Arguments are passed as they are, no shell is involved. Its input is a file, an empty one unless
/// one is named; of this process's descriptors it gets only those that are not close-on-exec; all
/// signals are as in a fresh process.
package struct ChildProcess: ~Copyable {
  let process: pid_t
  let output: Int32
  /// Negative when both go to `output`.
  private let errors: Int32
  let program: String
  private let leadsGroup: Bool
  /// The start of what the program printed to its standard error.
  private var errorText: [UInt8] = []
  private var hasErrorsLeft: Bool
  private var isReaped = false

  private static let errorByteCountMax = 4096

  /// Starts `program`, found on the path, with the environment of this process and `environment`,
  /// whose nil values take a variable away.
  ///
  /// Entries of the path that are not absolute don't count: what lies around must not be run.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String?] = [:],
    input: String = "/dev/null"
  ) throws(RunnerError) {
    let path: String
    switch ProgramPath.look(for: program, in: ".", environment: environment) {
    case .found(let place): path = place
    case .missing: throw RunnerError(program: program, message: "is not installed", isMissing: true)
    case .unusable(let place):
      throw RunnerError(program: program, message: "\(place) can't be executed", isMissing: false)
    }
    try self.init(
      path, words: ([program] + arguments).map { Array($0.utf8) }, environment: environment,
      input: input, directory: nil, isTool: false)
  }

  /// - Parameters:
  ///   - words: its arguments, the first of which is its own name.
  ///   - directory: where it works; nil for where this process does.
  ///   - isTool: whether its standard error goes where its output goes, it leads a group of
  ///     processes of its own, which ends with it, gets no descriptor of this process, and is
  ///     killed when the thread that has started it ends, and with it when this process is killed.
  init(
    _ program: String, words: [[UInt8]], environment: [String: String?], input: String,
    directory: String?, isTool: Bool
  ) throws(RunnerError) {
    self.program = program
    leadsGroup = isTool
    let (readOutput, writeOutput) = try Self.pipe()
    let readErrors: Int32, writeErrors: Int32
    do throws(RunnerError) {
      (readErrors, writeErrors) = isTool ? (-1, -1) : try Self.pipe()
    } catch {
      close(readOutput)
      close(writeOutput)
      throw error
    }
    let readInput = unsafe open(input, O_RDONLY | O_CLOEXEC)
    var child: pid_t = 0
    var code = readInput < 0 ? errno : 0
    if code == 0 {
      code = unsafe Self.withStrings(words) { arguments in
        unsafe Self.withStrings(Self.merged(environment)) { environment in
          unsafe program.withCString { program in
            unsafe Self.withString(directory) { directory in
              var request = unsafe uetlog_spawn(
                program: program, arguments: arguments, environment: environment,
                directory: directory, input: readInput, output: writeOutput,
                errors: isTool ? writeOutput : writeErrors, is_tool: isTool)
              return unsafe uetlog_spawn(&request, &child)
            }
          }
        }
      }
      close(readInput)
    }
    close(writeOutput)
    if !isTool { close(writeErrors) }
    guard code == 0 else {
      close(readOutput)
      if !isTool { close(readErrors) }
      throw RunnerError(
        program: program, message: unsafe String(cString: strerror(code)), isMissing: code == ENOENT
      )
    }
    process = child
    output = readOutput
    errors = readErrors
    hasErrorsLeft = !isTool
  }

  deinit {
    close(output)
    if errors >= 0 { close(errors) }
    guard !isReaped else { return }
    kill(leadsGroup ? -process : process, SIGKILL)
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
    let (code, errors) = try finish()
    return (code < 0 ? 128 - code : code, errors)
  }

  /// The same, with a negative code for a signal: a program may end with 129, too.
  mutating func finish() throws(RunnerError) -> (code: Int32, errors: String) {
    while try !read(1 << 16).isEmpty {}
    while hasErrorsLeft { _ = try takeErrors(untilOutput: false) }
    return (try reap(), String(decoding: errorText, as: UTF8.self))
  }

  /// Waits for the program's end and tells its exit code, negative for a signal.
  mutating func reap() throws(RunnerError) -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else {
        throw RunnerError(program: program, message: "lost the process", isMissing: false)
      }
    }
    isReaped = true
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : -signal
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

  private static func pipe() throws(RunnerError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    // Another thread may start a program at any moment.
    guard unsafe uetlog_pipe(&ends) == 0 else {
      throw RunnerError(
        program: "pipe", message: unsafe String(cString: strerror(errno)), isMissing: false)
    }
    return (ends[0], ends[1])
  }

  static func read(
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

  private static func merged(_ changes: [String: String?]) -> [[UInt8]] {
    var merged: [[UInt8]] = []
    forEachVariable { variable in
      let name = String(decoding: variable.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
      if !changes.keys.contains(name) { merged.append(variable) }
    }
    let set = changes.compactMap { name, value in value.map { "\(name)=\($0)" } }
    return merged + set.sorted().map { Array($0.utf8) }
  }

  /// Calls `body` with each variable of this process's environment: name, `=`, value.
  static func forEachVariable(_ body: ([UInt8]) -> Void) {
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      unsafe body(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
      unsafe entry += 1
    }
  }

  private static func withStrings<R>(
    _ strings: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    let copies = unsafe strings.map { bytes in
      unsafe (bytes + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { text in
        unsafe text.baseAddress.map { unsafe strdup($0) } ?? nil
      }
    }
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe body(copies + [nil])
  }

  private static func withString<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
    guard let text else { return body(nil) }
    return unsafe text.withCString { unsafe body($0) }
  }
}
