import CSpawn
import Glibc
import TestSupport
import Testing

@testable import Runner

@Suite(.hangLimit) struct ToolRunTests {
  private let place: TemporaryDirectory

  init() throws { place = try TemporaryDirectory() }

  private func tool(_ words: [String], timeout: Int64 = 60_000) -> ToolRun {
    ToolRun(words.map { Array($0.utf8) }, in: place.path, timeoutMilliseconds: timeout)
  }

  private func shell(_ script: String, timeout: Int64 = 60_000) -> ToolRun {
    tool(["sh", "-c", script], timeout: timeout)
  }

  /// Whether there is such a process and it has not ended.
  private func isRunning(_ process: pid_t) -> Bool {
    guard let stat = try? Files.read("/proc/\(process)/stat") else { return false }
    // The state stands behind the name, which is in parentheses.
    let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last ?? ""
    return !fields.hasPrefix(" Z")
  }

  /// The number that a program has printed as its first line.
  private func process(_ outcome: ToolOutcome) throws -> pid_t {
    try #require(pid_t(outcome.outputHead.prefix { $0.isNumber }), "\(outcome)")
  }

  @Test func `both outputs come in order, from the directory, with nothing to read`() {
    let outcome = shell("pwd; echo err >&2; echo out; cat; exit 3").run()
    #expect(outcome.outputHead == "\(place.path)\nerr\nout\n" && outcome.outputTail.isEmpty)
    #expect(outcome.exitCode == 3 && !outcome.timedOut && !outcome.isMissing)
    #expect(outcome.durationMilliseconds >= 0)
    #expect(outcome.command == "sh -c 'pwd; echo err >&2; echo out; cat; exit 3'")
  }

  @Test func `a signal is a negative number`() {
    #expect(shell("ulimit -c 0; kill -ABRT $$").run().exitCode == -SIGABRT)
  }

  @Test func `a program that is not installed is told, and one that can't be started`() throws {
    let missing = tool(["uetlog-no-such-program"]).run()
    #expect(missing.isMissing && missing.exitCode == nil)
    try place.file("plain", "#!/bin/sh\n")
    for name in ["./none", "./plain/none"] { #expect(tool([name]).run().isMissing, "\(name)") }
    let plain = tool(["./plain"]).run()
    #expect(!plain.isMissing && plain.exitCode == nil && plain.failure != nil)
    var folder = tool([place.path])
    #expect(!folder.run().isMissing && folder.run().failure != nil)
    folder.words = [Array("plain".utf8)]
    folder.environment = ["PATH": place.path]
    #expect(!folder.run().isMissing && folder.run().failure != nil)
    try place.file("broken", "#!/no/such/interpreter\n")
    unsafe chmod(place("broken"), 0o755)
    let broken = tool(["./broken"]).run()
    #expect(!broken.isMissing && broken.exitCode == nil && broken.failure != nil)
  }

  @Test func `a program of the directory is not taken for an installed one`() throws {
    try place.file("ruff", "#!/bin/sh\necho planted\n")
    unsafe chmod(place("ruff"), 0o755)
    var run = tool(["ruff"])
    for path in ["", ".", ":", "./:", "relative"] {
      run.environment = ["PATH": path]
      #expect(run.run().isMissing, "\(path)")
    }
    run.environment = ["PATH": "relative:" + place.path]
    #expect(run.run().outputHead == "planted\n")
  }

  @Test func `a program that takes too long is ended with all that it started`() throws {
    let outcome = shell("sleep 600 & echo $!; wait", timeout: 200).run()
    #expect(outcome.timedOut && outcome.exitCode == -SIGTERM)
    let sleeper = try process(outcome)
    while isRunning(sleeper) { usleep(10_000) }
  }

  @Test func `one that does not listen is killed, and what it printed is kept`() {
    var run = shell("trap 'echo no' TERM; echo hello; while :; do sleep 0.01; done", timeout: 200)
    run.graceMilliseconds = 100
    let outcome = run.run()
    #expect(outcome.timedOut && outcome.exitCode == -SIGKILL)
    #expect(outcome.outputHead.hasPrefix("hello\n"))
  }

  @Test func `one that closes its output and goes on is ended, too`() {
    let outcome = shell("exec sleep 600 >&- 2>&-", timeout: 200).run()
    #expect(outcome.timedOut && outcome.exitCode == -SIGTERM)
    let fine = shell("exec >&- 2>&-; sleep 0.05; exit 4").run()
    #expect(fine.exitCode == 4 && !fine.timedOut)
  }

  @Test func `a program that is left behind is killed and not waited for`() throws {
    let outcome = shell("sleep 600 & echo $!").run()
    #expect(outcome.exitCode == 0 && !outcome.timedOut)
    let sleeper = try process(outcome)
    while isRunning(sleeper) { usleep(10_000) }
  }

  @Test func `one that left the group and writes for ever is not waited for`() throws {
    let outcome = shell("setsid sh -c 'echo $$; while echo y; do :; done' & sleep 0.3").run()
    #expect(outcome.exitCode == 0 && !outcome.timedOut)
    let writer = try process(outcome)
    // Nobody reads any more.
    while isRunning(writer) { usleep(10_000) }
    let quiet = shell("setsid sleep 600 & echo $!; sleep 0.3").run()
    let sleeper = try process(quiet)
    #expect(quiet.exitCode == 0 && isRunning(sleeper))
    kill(sleeper, SIGKILL)
  }

  @Test func `a hundred megabytes of output are read and not kept`() {
    var excerpt = OutputExcerpt()
    let script = "echo start; head -c 100000000 /dev/zero | tr '\\0' x; echo; echo end >&2"
    let outcome = shell(script, timeout: 600_000).run(into: &excerpt)
    #expect(outcome.exitCode == 0)
    #expect(excerpt.head.hasPrefix("start\nxxx") && excerpt.tail.hasSuffix("xxx\nend\n"))
    #expect(excerpt.first.count + excerpt.last.count == 2 * OutputExcerpt.byteCountMax)
  }

  @Test func `a request to cancel ends it`() {
    var run = shell("echo hello; sleep 600")
    run.isCancelled = { true }
    let outcome = run.run()
    #expect(outcome.wasCancelled && !outcome.timedOut && outcome.exitCode == -SIGTERM)
  }

  @Test func `it gets none of our descriptors and no signal is blocked or ignored`() throws {
    // Not even one that is meant to be passed on.
    let descriptor = unsafe open(place("mine"), O_RDWR | O_CREAT, 0o600)
    defer { close(descriptor) }
    let files = shell("ls -l /proc/self/fd").run().outputHead
    #expect(files.contains("/dev/null") && files.contains("pipe:") && !files.contains("mine"))
    #expect(!files.contains("socket:"))
    let signals = shell("grep -E '^Sig(Blk|Ign)' /proc/self/status").run().outputHead
    let masks = signals.split(separator: "\n").compactMap { UInt64($0.suffix(16), radix: 16) }
    // Two signals are the C library's own, who refuses to touch them.
    #expect(masks.count == 2 && masks.allSatisfy { $0 & ~(3 << 31) == 0 }, "\(signals)")
  }

  @Test func `a program ends with who has started it`() throws {
    let process = UnsafeMutablePointer<pid_t>.allocate(capacity: 1)
    defer { unsafe process.deallocate() }
    var thread = pthread_t()
    // Processes are tied to the thread that starts them, whose end is that of its process.
    unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let process = unsafe argument?.assumingMemoryBound(to: pid_t.self) else { return nil }
        unsafe "sleep".withCString { name in
          let words = unsafe [strdup(name), strdup("600"), nil]
          unsafe words.withUnsafeBufferPointer { words in
            var request = unsafe uetlog_spawn(
              program: name, arguments: words.baseAddress, environment: environ, directory: nil,
              input: 0, output: 1, errors: 2, is_tool: true)
            _ = unsafe uetlog_spawn(&request, process)
          }
          unsafe words.forEach { unsafe free($0) }
        }
        usleep(100_000)
        return nil
      }, process)
    pthread_join(thread, nil)
    var status: Int32 = 0
    let waited = unsafe waitpid(process.pointee, &status, 0)
    #expect(unsafe waited == process.pointee && status & 0x7F == SIGKILL)
  }
}
