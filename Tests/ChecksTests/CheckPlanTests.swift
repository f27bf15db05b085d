import Checks
import Diff
import JSON
import Policy
import Testing

@Suite struct CheckPlanTests {
  private func check(
    _ command: [String] = ["tool", "{files}"], paths: [String] = ["glob:**/*.py"]
  ) throws -> Check {
    Check(
      name: "c", kind: .lint, rules: try paths.map { try PathRule($0) }, command: command,
      timeoutMilliseconds: 1000)
  }

  private func words(
    _ check: Check, _ changed: [String], gone: Set<String> = []
  ) -> [[String]] {
    let plan = CheckPlan(
      [check], changedPaths: changed.map { DiffPath($0) },
      isRegularFile: { !gone.contains($0.text) })
    return plan.checks.flatMap(\.commands).map { command in
      command.words.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  @Test func `matching files stand in the placeholder's place, sorted and once`() throws {
    let check = try check(["tool", "check", "{files}", "--end"])
    #expect(
      words(check, ["b.py", "x/a.PY", "readme.md", "b.py"])
        == [["tool", "check", "b.py", "x/a.PY", "--end"]])
    #expect(words(check, ["readme.md"]).isEmpty)
    #expect(words(check, []).isEmpty)
  }

  @Test func `a deleted file is a reason for a check of the tree and no argument`() throws {
    #expect(words(try check(), ["a.py", "b.py"], gone: ["a.py"]) == [["tool", "b.py"]])
    #expect(words(try check(), ["a.py"], gone: ["a.py"]).isEmpty)
    #expect(words(try check(["tool"]), ["a.py"], gone: ["a.py"]) == [["tool"]])
  }

  @Test func `a check is left out where the file that it needs is missing`() throws {
    var check = try check(["swift", "build"])
    check.neededFile = "Package.swift"
    #expect(words(check, ["a.py"]) == [["swift", "build"]])
    #expect(words(check, ["a.py"], gone: ["Package.swift"]).isEmpty)
  }

  @Test(arguments: ["-x.py", "--fix.py", "@args.py", "+x.py", "~x.py", ":x.py", "$(id).py"])
  func `no name of a file is taken for anything else`(name: String) throws {
    #expect(words(try check(), [name]) == [["tool", "./" + name]])
  }

  @Test(arguments: ["a.py", "_a.py", ".a.py", "ü.py", "0.py", "a b.py", "x/-a.py"])
  func `ordinary names stay as they are`(name: String) throws {
    #expect(words(try check(), [name]) == [["tool", name]])
  }

  @Test func `names that are no text stay the bytes that they are`() throws {
    let path = DiffPath([0x61, 0xFF] + Array(".py".utf8))
    let plan = CheckPlan([try check()], changedPaths: [path], isRegularFile: { _ in true })
    #expect(plan.checks.first?.commands.first?.words.last == path.bytes)
  }

  @Test func `ten thousand files take several commands, each file once`() throws {
    let files = (0..<10_000).map { "folder/with a \"long\" name/file-\(100_000 + $0).py" }
    let commands = words(try check(), files)
    #expect(commands.count > 1)
    #expect(commands.flatMap { $0.dropFirst() } == files)
    for command in commands {
      let byteCount = command.dropFirst().reduce(0) { $0 + $1.utf8.count + 1 }
      #expect(byteCount <= CheckPlan.filesByteCountMax && command.count > 1)
    }
    #expect(words(try check(["tool"]), files) == [["tool"]])
  }

  @Test func `a variable holds the files as JSON, in as many commands as it takes`() throws {
    var check = try check(["pwsh", "-Command", "script"], paths: ["glob:**/*.ps1"])
    check.filesVariable = "UETLOG_FILES"
    let odd = ["'; exit 0 #.ps1", "a\nb.ps1", "q\"q.ps1"]
    let files = (0..<10_000).map { "folder/\($0)\u{1}\u{2}.ps1" } + odd
    let plan = CheckPlan(
      [check], changedPaths: files.map { DiffPath($0) }, isRegularFile: { _ in true })
    let commands = try #require(plan.checks.first?.commands)
    #expect(commands.count > 1)
    var found: Set<String> = []
    for command in commands {
      #expect(command.words.map { String(decoding: $0, as: UTF8.self) } == check.command)
      let variable = try #require(command.variable)
      #expect(variable.name == "UETLOG_FILES")
      // The most that Linux takes in one variable is twice as much.
      #expect(variable.value.utf8.count <= CheckPlan.filesByteCountMax + 2)
      let document = try JSONDocument(parsing: Array(variable.value.utf8))
      document.forEachElement(document.root) { found.insert(document.string($0) ?? "") }
    }
    #expect(found.count == files.count)
    #expect(found.isSuperset(of: ["./'; exit 0 #.ps1", "a\nb.ps1", "q\"q.ps1"]))
  }
}
