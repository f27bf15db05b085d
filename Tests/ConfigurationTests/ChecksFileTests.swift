import Checks
import Configuration
import Events
import JSON
import Policy
import SchemaFiles
import TestSupport
import Testing

@Suite struct ChecksFileTests {
  private func read(_ place: TemporaryDirectory, flag: String? = nil) throws -> ChecksFile {
    try ChecksFile.read(flag: flag, Surroundings(workingDirectory: place.directory("work/deeper")))
  }

  private func list(_ changes: String = "") -> String {
    """
    {"checks": [
      {"name": "mine", "kind": "test", "paths": ["glob:*.c"], "command": ["make", "check"],
       "timeout_seconds": 60\(changes)}]}
    """
  }

  @Test func `without a file the shipped checks are in force`() throws {
    let file = try read(try TemporaryDirectory())
    let seconds = Dictionary(
      uniqueKeysWithValues: file.checks.map { ($0.name, $0.timeoutMilliseconds / 1000) })
    #expect(seconds["ruff"] == 120 && seconds["black"] == 180 && seconds["pytest"] == 600)
    #expect(seconds["psscriptanalyzer"] == 120 && seconds["pester"] == 600)
    #expect(file.checks.map(\.kind).filter { $0 == .test }.count == 3)
    #expect(file.checks.allSatisfy { !$0.isRequired && $0.acceptedCodes == [0] })
    #expect(file.checks.first { $0.name == "pytest" }?.noTestsCodes == [5])
  }

  @Test func `no script of a shipped check holds a place for names of files`() throws {
    for check in try read(try TemporaryDirectory()).checks where check.command[0] == "pwsh" {
      #expect(!check.command.contains(Check.filesPlaceholder))
      #expect(check.command.contains("-NoProfile") && check.command.contains("-NonInteractive"))
    }
  }

  @Test func `a file upward takes their place, one that is named takes that of both`() throws {
    let place = try TemporaryDirectory()
    try place.file("work/config/checks.json", list())
    let nearest = try read(place)
    #expect(nearest.checks.map(\.name) == ["mine"] && nearest.name.hasSuffix("config/checks.json"))
    try place.file("other.json", #"{"checks": []}"#)
    #expect(try read(place, flag: place("other.json")).checks.isEmpty)
    let error = #expect(throws: LogError.self) { try read(place, flag: "missing.json") }
    #expect(error?.code == .notFound)
  }

  @Test func `everything that a check may say is read`() throws {
    let place = try TemporaryDirectory()
    let more = """
      , "required": true, "accept_exit_codes": [0, 3], "no_tests_exit_codes": [5],
       "missing_exit_codes": [127], "files_variable": "FILES", "if_exists": "Makefile"
      """
    try place.file("work/config/checks.json", list(more))
    let check = try #require(try read(place).checks.first)
    #expect(check.kind == .test && check.command == ["make", "check"] && check.isRequired)
    #expect(check.rules.map(\.text) == ["glob:*.c"] && check.timeoutMilliseconds == 60_000)
    #expect(check.acceptedCodes == [0, 3] && check.noTestsCodes == [5])
    #expect(check.missingCodes == [127] && check.filesVariable == "FILES")
    #expect(check.neededFile == "Makefile" && check.takesFiles)
  }

  @Test(arguments: [
    (#", "kind": "test""#, ""), (#", "timeout": 5"#, "/checks/0"),
    (#", "required": "yes""#, "/checks/0/required"),
    (#", "accept_exit_codes": []"#, "/checks/0/accept_exit_codes"),
    (#", "accept_exit_codes": [0, 256]"#, "/checks/0/accept_exit_codes/1"),
    (#", "no_tests_exit_codes": [0]"#, "/checks/0"),
    (#", "files_variable": "a b""#, "/checks/0/files_variable"),
  ])
  func `what is wrong is told with its place`(changes: String, pointer: String) throws {
    let place = try TemporaryDirectory()
    try place.file("work/config/checks.json", list(changes))
    let error = #expect(throws: LogError.self) { try read(place) }
    #expect(error?.code == .settings)
    #expect(error?.message.contains("config/checks.json") == true)
    #expect(error?.pointer?.hasPrefix(pointer) == true, "\(error?.pointer ?? "")")
    #expect(error?.line != nil)
  }

  @Test(arguments: [
    (#""paths": ["("]"#, #""paths": ["glob:*.c"]"#, "/checks/0/paths/0"),
    (#""command": ["{files}"]"#, #""command": ["make", "check"]"#, "/checks/0/command/0"),
    (#""command": ["a", "-x{files}"]"#, #""command": ["make", "check"]"#, "/checks/0/command/1"),
    (
      #""command": ["a", "{files}", "{files}"]"#, #""command": ["make", "check"]"#,
      "/checks/0/command/2"
    ),
    (#""timeout_seconds": 0"#, #""timeout_seconds": 60"#, "/checks/0/timeout_seconds"),
    (#""kind": "smell""#, #""kind": "test""#, "/checks/0/kind"),
  ])
  func `what only reading finds is told with line and place`(
    wrong: String, right: String, pointer: String
  ) throws {
    let place = try TemporaryDirectory()
    let parts = list().split(separator: right, maxSplits: 1)
    try place.file("work/config/checks.json", parts.joined(separator: wrong))
    let error = #expect(throws: LogError.self) { try read(place) }
    #expect(error?.code == .settings && error?.pointer == pointer)
    #expect(error?.line == (wrong.hasPrefix(#""timeout"#) ? 3 : 2))
  }

  @Test(arguments: ["", "[]", "{}", "{\n\n", #"{"checks": {}}"#, "// mine\n{}"])
  func `what is no list of checks is refused`(text: String) throws {
    let place = try TemporaryDirectory()
    try place.file("work/config/checks.json", text)
    let error = #expect(throws: LogError.self) { try read(place) }
    #expect(error?.code == .settings)
    let folder = try TemporaryDirectory()
    folder.directory("work/config/checks.json")
    #expect(throws: LogError.self) { try read(folder) }
  }

  @Test func `two checks of one name are refused`() throws {
    let place = try TemporaryDirectory()
    let index = try #require(ConfigFiles.index(ofPath: "checks.json"))
    let shipped = String(decoding: ConfigFiles.bytes(at: index), as: UTF8.self)
    try place.file(
      "work/config/checks.json",
      shipped.split(separator: "\"black\"", maxSplits: 1)
        .joined(separator: "\"ruff\""))
    let error = #expect(throws: LogError.self) { try read(place) }
    #expect(error?.pointer == "/checks/2/name")
  }
}
