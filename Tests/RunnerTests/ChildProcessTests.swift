import Glibc
import TestSupport
import Testing

@testable import Runner

@Suite struct ChildProcessTests {
  /// Runs a program to its end.
  private func run(
    _ program: String, _ arguments: [String], environment: [String: String?] = [:]
  ) throws -> (output: String, code: Int32, errors: String) {
    var process = try ChildProcess(program, arguments, environment: environment)
    var output: [UInt8] = []
    while true {
      let more = try process.read(4096)
      if more.isEmpty { break }
      output += more
    }
    let (code, errors) = try process.wait()
    return (String(decoding: output, as: UTF8.self), code, errors)
  }

  @Test func `arguments are passed as they are`() throws {
    let arguments = ["", " a  b ", "$HOME", "*", "'\"`\\", "ü\n;", "-n"]
    let found = try run("printf", [#"[%s]"#] + arguments)
    #expect(found.output == arguments.map { "[\($0)]" }.joined())
    #expect(found.code == 0 && found.errors.isEmpty)
  }

  @Test func `the environment is this process's own with the changes`() throws {
    let script = #"echo "${PATH:+path} $UETLOG_TEST_A ${UETLOG_TEST_B-none}""#
    let set = try run(
      "sh", ["-c", script], environment: ["UETLOG_TEST_A": "x = y", "UETLOG_TEST_B": ""])
    #expect(set.output == "path x = y \n")
    let path = try #require(unsafe getenv("PATH").map { unsafe String(cString: $0) })
    let changed = try run(
      "sh", ["-c", "echo $PATH; env | grep -c ^PATH="], environment: ["PATH": path + ":/nowhere"])
    #expect(changed.output == "\(path):/nowhere\n1\n")
  }

  @Test func `a nil takes a variable away`() throws {
    let removed = try run("/bin/sh", ["-c", "echo ${HOME-none}"], environment: ["HOME": nil])
    #expect(removed.output == "none\n")
  }

  @Test func `the exit code is passed on`() throws {
    let found = try run("sh", ["-c", "echo out; echo err >&2; exit 37"])
    #expect(found.output == "out\n" && found.code == 37 && found.errors == "err\n")
  }

  @Test(arguments: [SIGTERM, SIGKILL, SIGABRT])
  func `a signal is 128 and its number`(_ signal: Int32) throws {
    #expect(try run("sh", ["-c", "ulimit -c 0; kill -\(signal) $$"]).code == 128 + signal)
  }

  @Test func `a missing program is told`() throws {
    let error = try #require(throws: RunnerError.self) {
      _ = try run("uetlog-no-such-program", [])
    }
    #expect(error.isMissing && error.program == "uetlog-no-such-program")
    let denied = try #require(throws: RunnerError.self) { _ = try run("/etc/passwd", []) }
    #expect(!denied.isMissing)
  }

  @Test func `a program that lies around is not run`() throws {
    let place = try TemporaryDirectory()
    try place.file("uetlog-here", "#!/bin/sh\n")
    unsafe chmod(place("uetlog-here"), 0o755)
    for path in ["", ":", ".:", "relative"] {
      let error = try #require(throws: RunnerError.self) {
        _ = try run("uetlog-here", [], environment: ["PATH": path])
      }
      #expect(error.isMissing)
    }
    #expect(try run("uetlog-here", [], environment: ["PATH": place.path]).code == 0)
  }

  @Test(.hangLimit)
  func `errors that nobody reads do not stop the program`() throws {
    let script = "head -c 300000 /dev/zero | tr '\\0' e >&2; echo done"
    let found = try run("sh", ["-c", script])
    #expect(found.output == "done\n" && found.code == 0)
    #expect(found.errors == String(repeating: "e", count: 4096))
  }

  @Test(.hangLimit)
  func `waiting drops output that was not read`() throws {
    let script = "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; exit 3"
    var process = try ChildProcess("sh", ["-c", script])
    #expect(try process.read(10).count == 10)
    #expect(try process.wait().code == 3)
  }

  @Test(.hangLimit)
  func `a program that is let go is ended`() throws {
    let directory = try TemporaryDirectory()
    do {
      let script = "echo $$ > '\(directory("pid"))'; exec sleep 600"
      let process = try ChildProcess("sh", ["-c", script])
      defer { withExtendedLifetime(process) {} }
      while (try? Files.read(directory("pid")))?.isEmpty ?? true { usleep(1000) }
    }
    let text = String(decoding: try Files.read(directory("pid")).dropLast(), as: UTF8.self)
    let process = try #require(pid_t(text))
    #expect(kill(process, 0) == -1 && errno == ESRCH)
  }

  @Test func `standard input is empty and files of this process are closed`() throws {
    let directory = try TemporaryDirectory()
    let path = directory("mine")
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    #expect(try run("cat", []).output.isEmpty)
    let files = try run("ls", ["-l", "/proc/self/fd"]).output
    #expect(files.contains("pipe:") && !files.contains(path))
  }

  @Test func `the program may be ended by a closed pipe, whatever this process ignores`() throws {
    let ignored = signal(SIGPIPE, SIG_IGN)
    defer { _ = signal(SIGPIPE, ignored) }
    #expect(try run("sh", ["-c", "kill -PIPE $$"]).code == 128 + SIGPIPE)
  }
}
