internal import Engine
internal import Events
internal import Glibc
internal import Runner

/// A second process of this program that does what may kill it, and tells in lines how far it is.
enum PageReader {
  /// How long it may say nothing: damaged pages can lead a walk in a circle.
  static let silenceSeconds: UInt32 = 300

  /// How it ended.
  enum End: Hashable {
    case exited(Int32, errors: String)
    case signalled(String)
  }

  /// Starts this program with other words and passes on its lines until it ends.
  static func run(_ words: [String], _ body: (Substring) -> Void) throws(LogError) -> End {
    do throws(RunnerError) {
      var process = try ChildProcess(
        "/proc/self/exe", words, environment: ["SWIFT_BACKTRACE": "enable=no"])
      var pending: [UInt8] = []
      while true {
        let chunk = try process.read(16 << 10)
        if chunk.isEmpty { break }
        pending += chunk
        while let end = pending.firstIndex(of: 0x0A) {
          body(Substring(decoding: pending[..<end], as: UTF8.self))
          pending.removeSubrange(...end)
        }
      }
      let (code, errors) = try process.wait()
      return code > 128 ? .signalled(name(code - 128)) : .exited(code, errors: errors)
    } catch {
      throw LogError(.system, "running a second process: \(error.message)")
    }
  }

  /// What that process does first: it leaves no core, which would hold payloads, and ends when it
  /// says nothing for too long.
  static func prepare() {
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    // A crash is a finding of the other process: no handler may turn it into something else.
    for number in [SIGBUS, SIGSEGV, SIGABRT, SIGILL, SIGFPE, SIGTRAP] {
      signal(number, SIG_DFL)
    }
    stillAlive()
  }

  /// Has said something.
  static func stillAlive() { alarm(silenceSeconds) }

  private static func name(_ signal: Int32) -> String {
    switch signal {
    case SIGBUS: "SIGBUS"
    case SIGSEGV: "SIGSEGV"
    case SIGABRT: "SIGABRT"
    case SIGILL: "SIGILL"
    case SIGTRAP: "SIGTRAP"
    case SIGKILL: "SIGKILL"
    case SIGALRM: "SIGALRM: it said nothing for \(silenceSeconds) s"
    default: "signal \(signal)"
    }
  }
}
