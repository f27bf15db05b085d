internal import Bytes
internal import Glibc

/// A program that is run in a directory for its verdict: how it ends and what it prints.
///
/// It reads nothing, prints to one pipe, and leads a group of processes of its own. When it has not
/// ended in time the group is told to end, and after a grace killed. What is left of the group
/// after the program's end is killed, too; a process that has left the group is not waited for.
package struct ToolRun: Sendable {
  /// The program, then its arguments, as bytes.
  package var words: [[UInt8]]
  package var directory: String
  /// Changes to this process's environment; nil values take a variable away.
  package var environment: [String: String?]
  package var timeoutMilliseconds: Int64
  /// Between the request to end and the kill.
  package var graceMilliseconds: Int64 = 2_000
  /// Asked several times a second; true ends the program as its time limit would.
  package var isCancelled: @Sendable () -> Bool = { false }

  package init(
    _ words: [[UInt8]], in directory: String, environment: [String: String?] = [:],
    timeoutMilliseconds: Int64
  ) {
    self.words = words
    self.directory = directory
    self.environment = environment
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Programs write a page or two at a time.
  private static let blockByteCount = 1 << 13

  /// The command line, quoted for a shell.
  package var command: String { ShellWords.text(words) }

  /// Runs it to its end.
  package func run() -> ToolOutcome {
    var excerpt = OutputExcerpt()
    var outcome = run(into: &excerpt)
    outcome.outputHead = excerpt.head
    outcome.outputTail = excerpt.tail
    return outcome
  }

  /// The same; what it prints goes into an excerpt that may be that of several programs.
  package func run(into excerpt: inout OutputExcerpt) -> ToolOutcome {
    var outcome = ToolOutcome(command: command)
    let name = String(decoding: words.first ?? [], as: UTF8.self)
    let path: String
    switch ProgramPath.look(for: name, in: directory, environment: environment) {
    case .found(let place): path = place
    case .missing:
      outcome.isMissing = true
      return outcome
    case .unusable(let place):
      outcome.failure = "\(place) can't be executed"
      return outcome
    }
    let start = MonotonicTime.nanoseconds()
    do throws(RunnerError) {
      var process = try ChildProcess(
        path, words: words, environment: environment, input: "/dev/null", directory: directory,
        isTool: true)
      (outcome.timedOut, outcome.wasCancelled) = try follow(process, since: start, &excerpt)
      outcome.exitCode = try process.reap()
    } catch { outcome.failure = error.message }
    outcome.durationMilliseconds = Self.milliseconds(since: start)
    return outcome
  }

  /// Takes in what the process prints until it has ended.
  private func follow(
    _ process: borrowing ChildProcess, since start: Int64, _ excerpt: inout OutputExcerpt
  ) throws(RunnerError) -> (timedOut: Bool, wasCancelled: Bool) {
    var isOpen = true
    var pause: Int32 = 1
    /// When it was told to end.
    var told: Int64?
    var (timedOut, wasCancelled, isKilled) = (false, false, false)
    while try !process.hasEnded() {
      if !isOpen {
        poll(nil, 0, pause)
        pause = min(50, pause * 2)
      } else if let bytes = try process.read(Self.blockByteCount, waiting: 50) {
        isOpen = !bytes.isEmpty
        excerpt.add(bytes)
      }
      if let told {
        guard !isKilled, Self.milliseconds(since: told) >= graceMilliseconds else { continue }
        process.signalGroup(SIGKILL)
        isKilled = true
        continue
      }
      timedOut = Self.milliseconds(since: start) >= timeoutMilliseconds
      wasCancelled = !timedOut && isCancelled()
      guard timedOut || wasCancelled else { continue }
      process.signalGroup(SIGTERM)
      told = MonotonicTime.nanoseconds()
    }
    process.signalGroup(SIGKILL)
    // What is in the pipe still, which holds at most 1 MiB; others may write to it for ever.
    var left = 1 << 20
    while isOpen, left > 0, let bytes = try process.read(Self.blockByteCount, waiting: 0),
      !bytes.isEmpty
    {
      excerpt.add(bytes)
      left -= bytes.count
    }
    return (timedOut, wasCancelled)
  }

  private static func milliseconds(since start: Int64) -> Int64 {
    (MonotonicTime.nanoseconds() - start) / 1_000_000
  }
}

/// How a program ended.
package struct ToolOutcome: Hashable, Sendable {
  /// The command line, quoted for a shell, at most 8192 characters.
  package let command: String
  /// Negative for a signal; nil when it was not started.
  package var exitCode: Int32?
  package var durationMilliseconds: Int64 = 0
  /// The first 2 KiB of what it printed to both outputs, as text that is safe to show.
  package var outputHead = ""
  /// The last 2 KiB of the rest.
  package var outputTail = ""
  /// The program is not installed.
  package var isMissing = false
  package var timedOut = false
  package var wasCancelled = false
  /// Why it could not be started although it is there; nil when it was.
  package var failure: String?

  init(command: String) { self.command = command }
}
