internal import ArgumentParser
internal import Checks
internal import Configuration
internal import Diff
internal import Events
internal import JSON
internal import Runner

/// Shows which checks would be run for changed files, and which programs are there.
struct PatchChecks: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "checks",
    abstract: "Show which checks run when these files are changed.",
    usage: "uetlog patch checks [<path> ...] [--checks <file>] [--schema] [<options>]",
    discussion: """
      Nothing is run. Checks are programs for compiling, linting and testing; they stand in \
      config/checks.json of the repository, and without that file the shipped ones are in force, \
      for Python, PowerShell and Swift. Without paths all of them are shown.

      A check whose program is not installed does not run; the patch then fails if the check is \
      required, or if it is a test and the policy asks for tests. One that runs must pass.

      EXAMPLES
        uetlog patch checks
        uetlog patch checks src/billing.py tools/Deploy.ps1 --json
      """)

  @Argument(help: ArgumentHelp("Changed files, from the top of the repository.", valueName: "path"))
  var paths: [String] = []

  @Option(help: ArgumentHelp("The list of checks.", valueName: "file"))
  var checks: String?

  @Flag(help: "Print the schema of config/checks.json instead.")
  var schema = false

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    if schema { return try printSchema(console) }
    let file = try ChecksFile.read(flag: checks, console.here)
    let top = try Repository.find(console.here)?.workTree ?? console.here.workingDirectory
    let run = CheckRun(in: top, hiding: [])
    let plan = run.plan(file.checks, changedPaths: paths.map { DiffPath($0) })
    let commandCounts = Dictionary(
      uniqueKeysWithValues: plan.checks.map { ($0.check.name, $0.commands.count) })
    let shown = paths.isEmpty ? file.checks : plan.checks.map(\.check)
    if console.isJSON {
      console.output.json(json(of: shown, in: file, run, commandCounts))
      return .done
    }
    var table = Table([
      ("check", false), ("kind", false), ("program", false), ("installed", false),
      ("required", false), ("seconds", true),
    ])
    for check in shown {
      table.add([
        check.name, check.kind.rawValue, Self.program(of: check),
        run.isInstalled(check) ? "yes" : "no", check.isRequired ? "yes" : "no",
        "\(check.timeoutMilliseconds / 1000)",
      ])
    }
    if !shown.isEmpty { console.show(table) }
    console.note(
      shown.isEmpty ? "no check of \(file.name) is for these files" : "from \(file.name)")
    return .done
  }

  private func printSchema(_ console: Console) throws(LogError) -> ExitCode {
    let bytes = try ChecksFile.schema()
    guard !console.isJSON, let document = try? JSONDocument(parsing: bytes) else {
      console.output.json(bytes)
      return .done
    }
    console.output.line(PrettyJSON.text(document, document.root))
    return .done
  }

  /// The words before the first option.
  private static func program(of check: Check) -> String {
    check.command.prefix { !$0.hasPrefix("-") && $0 != Check.filesPlaceholder }
      .joined(separator: " ")
  }

  private func json(
    of checks: [Check], in file: ChecksFile, _ run: CheckRun, _ commandCounts: [String: Int]
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("file", file.name)
    writer.key("checks")
    writer.beginArray()
    for check in checks {
      writer.beginObject()
      writer.member("name", check.name)
      writer.member("kind", check.kind.rawValue)
      writer.member("command", check.command)
      if let count = commandCounts[check.name] { writer.member("commands", count) }
      writer.member("installed", run.isInstalled(check))
      writer.member("required", check.isRequired)
      writer.member("timeout_seconds", check.timeoutMilliseconds / 1000)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
