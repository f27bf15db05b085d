import Checks
import Configuration
import Diff
import Glibc
import JSON
import Pipeline
import Policy
import Schema
import TestSupport
import Testing

@testable import Runner

/// The shipped checks, with stand-ins for the programs that print what the real ones print.
@Suite(.hangLimit) struct CheckRunTests {
  private let place: TemporaryDirectory
  private let tree: String

  init() throws {
    place = try TemporaryDirectory()
    tree = place.directory("tree")
    place.directory("bin")
  }

  /// Puts a program into the only folder where programs are looked for first.
  private func install(_ name: String, _ script: String) throws {
    let log = #"printf '%s\n' "$@" >> "$0.words"; printf '%s' "$UETLOG_FILES" >> "$0.files""#
    try place.file("bin/" + name, "#!/bin/sh\n\(log)\n\(script)\n")
    unsafe chmod(place("bin/" + name), 0o755)
  }

  private func installAll() throws {
    try install("ruff", "echo 'All checks passed!'")
    try install("black", "echo 'All done! ✨ 🍰 ✨' >&2")
    try install("pytest", "echo '1 passed in 0.01s'")
    try install("pwsh", "exit 0")
    try install("swift", "echo 'Build complete!'")
  }

  /// What a program's arguments were, one in each line.
  private func words(of name: String) throws -> [String] {
    String(decoding: try Files.read(place("bin/\(name).words")), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  private func run(
    _ paths: [String], tests: Bool = false, only: Set<String>? = nil, path: String? = nil
  ) throws -> CheckResults {
    let here = Surroundings(workingDirectory: tree)
    let own = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
    let run = CheckRun(
      in: tree, hiding: ["HOME"], environment: ["PATH": path ?? "\(place("bin")):\(own)"])
    let checks = try ChecksFile.read(here).checks.filter { only?.contains($0.name) ?? true }
    return run.run(run.plan(checks, changedPaths: paths.map { DiffPath($0) }), requiresTests: tests)
  }

  private func outcome(_ name: String, in results: CheckResults) throws -> CheckOutcome {
    try #require(results.outcomes.first { $0.name == name }, "\(results)")
  }

  private static let hasPython = ProgramPath.find("python3", in: "/") != nil

  @Test(.enabled(if: hasPython)) func `a good change of Python passes and leaves nothing`() throws {
    try installAll()
    try place.file("tree/src/billing.py", "def total(items):\n    return sum(items)\n")
    try place.file("tree/-c", "no option\n")
    try place.file("tree/-x.py", "x = 1\n")
    let results = try run(["src/billing.py", "-x.py", "gone.py", "readme.md"], tests: true)
    #expect(results.outcomes.map(\.name) == ["python-compile", "ruff", "black", "pytest"])
    #expect(results.outcomes.allSatisfy { $0.passed && $0.ran && $0.exitCode == 0 }, "\(results)")
    #expect(!results.failsPatch && results.testsRan && results.testsPassed)
    let files = ["./-x.py", "src/billing.py"]
    #expect(try words(of: "ruff") == ["check", "--no-cache", "--force-exclude"] + files)
    #expect(try words(of: "black") == ["--check"] + files)
    #expect(try words(of: "pytest") == ["-q", "--color=no"])
    #expect(Files.names(in: tree) == ["-c", "-x.py", "src"])
    #expect(Files.names(in: tree + "/src") == ["billing.py"])
  }

  @Test(.enabled(if: hasPython)) func `each tool's complaint is told`() throws {
    try installAll()
    try install("ruff", "printf 'a.py:1:8: F401 [*] `os` imported but unused\\n'; exit 1")
    try install("black", "echo 'would reformat a.py' >&2; exit 1")
    try install("pytest", "echo 'FAILED test_a.py::test - assert 1 == 2'; exit 1")
    try place.file("tree/a.py", "import os\ndef broken(:\n")
    try place.file("tree/nul.py", "x = 1\n\u{0}")
    try place.file("tree/fine.py", "# -*- coding: latin-1 -*-\nx = 1\n")
    let results = try run(["a.py", "nul.py", "fine.py"])
    #expect(results.outcomes.allSatisfy { !$0.passed && $0.ran && $0.exitCode == 1 })
    let compile = try outcome("python-compile", in: results)
    #expect(compile.head.contains("a.py\n") && compile.head.contains("SyntaxError"))
    #expect(compile.head.contains("nul.py") && !compile.head.contains("fine.py"))
    #expect(try outcome("ruff", in: results).head.contains("F401"))
    #expect(try outcome("black", in: results).head == "would reformat a.py\n")
    #expect(results.failsPatch && results.testsRan && !results.testsPassed)
    #expect(results.firstFailure == "the check python-compile failed with exit code 1")
  }

  @Test func `a run without tests passes where none are required, and only there`() throws {
    try installAll()
    try install("pytest", "echo 'no tests ran in 0.00s'; exit 5")
    try place.file("tree/a.py", "")
    let free = try run(["a.py"], only: ["pytest"])
    #expect(!free.failsPatch && !free.testsRan && !free.testsPassed)
    #expect(try outcome("pytest", in: free).message == "found no tests")
    let strict = try run(["a.py"], tests: true, only: ["pytest"])
    #expect(strict.failsPatch && !strict.testsRan && !strict.testsPassed)
    let pytest = try outcome("pytest", in: strict)
    #expect(!pytest.passed && pytest.isRequired && pytest.ran && pytest.exitCode == 5)
  }

  @Test func `a program that is not installed did not run`() throws {
    try place.file("tree/a.py", "")
    for tests in [false, true] {
      let results = try run(["a.py"], tests: tests, path: place("bin"))
      #expect(results.outcomes.count == 4)
      #expect(results.outcomes.allSatisfy { !$0.ran && !$0.passed && $0.exitCode == nil })
      #expect(results.failsPatch == tests && !results.testsRan)
    }
    // As a shim says it.
    try install("pytest", "echo 'pyenv: pytest: command not found' >&2; exit 127")
    let shim = try outcome("pytest", in: try run(["a.py"], only: ["pytest"]))
    #expect(!shim.ran && !shim.passed && !shim.failsPatch && shim.exitCode == 127)
  }

  @Test func `PowerShell gets names of files as data`() throws {
    try installAll()
    let name = "'; exit 0 #.ps1"
    try place.file("tree/\(name)", "Get-Item .\n")
    try place.file("tree/m.psm1", "function Get-X {}\n")
    let results = try run([name, "m.psm1"], tests: true)
    #expect(results.outcomes.map(\.name) == ["psscriptanalyzer", "pester"])
    #expect(!results.failsPatch && results.testsPassed)
    #expect(!(try words(of: "pwsh")).contains { $0.contains("exit 0 #") })
    let files = String(decoding: try Files.read(place("bin/pwsh.files")), as: UTF8.self)
    #expect(files == #"["./'; exit 0 #.ps1","m.psm1"]"#)
    try install("pwsh", "echo 'm.psm1  1 Warning PSUseApprovedVerbs …'; exit 1")
    #expect(try run([name]).failsPatch)
  }

  @Test func `Swift is built where there is a package`() throws {
    try installAll()
    try place.file("tree/Sources/a.swift", "let a = 1\n")
    #expect(try run(["Sources/a.swift"]).outcomes.map(\.name) == ["swift-format"])
    try place.file("tree/Package.swift", "// swift-tools-version: 6.0\n")
    let results = try run(["Sources/a.swift"], tests: true)
    #expect(results.outcomes.map(\.name) == ["swift-build", "swift-format", "swift-test"])
    #expect(results.testsPassed && !results.failsPatch)
  }

  @Test func `links and folders are not passed on`() throws {
    try installAll()
    try place.file("elsewhere.py", "")
    unsafe symlink(place("elsewhere.py"), tree + "/link.py")
    place.directory("tree/folder.py")
    #expect(try run(["link.py", "folder.py"], only: ["ruff"]).outcomes.isEmpty)
  }

  @Test func `of several commands the first that fails decides`() throws {
    let count = 10_000
    let names = (0..<count).map {
      "a-long-name-so-that-it-takes-several-commands-\(100_000 + $0).py"
    }
    for name in names { try Files.write(tree + "/" + name, []) }
    try installAll()
    let good = try run(names, only: ["ruff"])
    #expect(try !good.failsPatch && words(of: "ruff").count > count)
    let runs = try words(of: "ruff").count { $0 == "check" }
    let all = try words(of: "ruff").count
    #expect(runs > 1 && all == count + 3 * runs)
    try install("ruff", "case \"$*\" in *109999*) echo found; exit 1;; esac")
    let bad = try outcome("ruff", in: try run(names, only: ["ruff"]))
    #expect(!bad.passed && bad.exitCode == 1 && bad.head == "found\n")
    #expect(bad.command.unicodeScalars.count <= 8192 && bad.command.hasPrefix("ruff check "))
  }

  @Test func `time runs out and operators interrupt`() throws {
    try place.file("tree/a.py", "")
    var check = Check(
      name: "slow", kind: .test, rules: [try PathRule("glob:*.py")], command: ["sleep", "600"],
      timeoutMilliseconds: 200)
    var run = CheckRun(in: tree, hiding: [])
    let plan = run.plan([check], changedPaths: [DiffPath("a.py")])
    let late = run.run(plan, requiresTests: false)
    #expect(late.failsPatch && late.testsRan && !late.testsPassed && !late.wasInterrupted)
    #expect(late.firstFailure == "the check slow did not end within 200 ms")
    check.timeoutMilliseconds = 600_000
    let started = place("started")
    run.isCancelled = { unsafe access(started, F_OK) == 0 }
    check.command = ["sh", "-c", "echo > \(started); exec sleep 600"]
    let slow = run.plan([check, check], changedPaths: [DiffPath("a.py")])
    let ended = run.run(slow, requiresTests: false)
    #expect(ended.wasInterrupted && ended.failsPatch && ended.outcomes.count == 1)
  }

  @Test func `all commands of a check together have its time`() throws {
    let check = Check(
      name: "slow", kind: .lint, rules: [try PathRule("glob:*.py")],
      command: ["sh", "-c", "sleep 0.2", Check.filesPlaceholder], timeoutMilliseconds: 1000)
    let paths = (0..<20_000).map { DiffPath("a-name-so-long-that-it-takes-\(100_000 + $0).py") }
    let plan = CheckPlan([check], changedPaths: paths) { _ in true }
    #expect(plan.checks[0].commands.count > 10)
    let results = CheckRun(in: tree, hiding: []).run(plan, requiresTests: false)
    #expect(results.firstFailure == "the check slow did not end within 1 s")
  }

  @Test func `checks see no secrets, no other repository and no log`() throws {
    try place.file("tree/a.py", "")
    let check = Check(
      name: "env", kind: .lint, rules: [try PathRule("glob:*.py")],
      command: ["sh", "-c", "echo ${HOME-none} $PYTHONDONTWRITEBYTECODE; pwd; echo $PWD"],
      timeoutMilliseconds: 60_000)
    for (secrets, home) in [(["HOME"], "none"), ([], unsafe String(cString: getenv("HOME")))] {
      let run = CheckRun(in: tree, hiding: secrets)
      let results = run.run(
        run.plan([check], changedPaths: [DiffPath("a.py")]), requiresTests: false)
      #expect(results.outcomes.first?.head == "\(home) 1\n\(tree)\n\(tree)\n")
    }
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_CONFIG_VALUE_0", "UETLOG", "UETLOG_ACTOR"] {
      #expect(CheckRun.isHidden(name))
    }
    #expect(!CheckRun.isHidden("PATH") && !CheckRun.isHidden("GITHUB_ACTIONS"))
  }

  @Test func `what is written keeps the schema of events`() throws {
    try installAll()
    try install("ruff", "head -c 100000 /dev/urandom; exit 1")
    try install("black", "kill -9 $$")
    try install("pytest", "exit 127")
    try place.file("tree/\u{1B}[1m.py", "")
    let results = try run(["\u{1B}[1m.py"], tests: true)
    var writer = JSONWriter()
    results.write(to: &writer)
    let reference = #"{"$ref":"schema/uetlog/structures.v1.json#/definitions/checks"}"#
    let schema = try Catalog.compile(Array(reference.utf8), id: "test.json")
    let document = try JSONDocument(parsing: writer.bytes)
    #expect(schema.violations(in: document, at: document.root, limit: 5).isEmpty)
    #expect(!writer.text.contains("\\u001b") && !writer.text.contains("\\u0000"))
    let codes = results.outcomes.map(\.exitCode)
    #expect(codes.suffix(3) == [1, -9, 127] && results.failsPatch)
    let wrong = try JSONDocument(parsing: Array(#"[{"name":"x"}]"#.utf8))
    #expect(!schema.violations(in: wrong, at: wrong.root, limit: 5).isEmpty)
  }
}
