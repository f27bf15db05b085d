internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

/// Lists the patches of the ledger.
struct PatchList: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the patches of the ledger.",
    usage: "uetlog patch list [--state <state>] [--project <project>] [--diff <file>]",
    discussion: """
      `uetlog project patches` shows whole entries, as of any moment.

      EXAMPLES
        uetlog patch list --state queued
        uetlog patch list --project billing --json
        uetlog patch list --diff fix.patch
      """)

  @Option(help: "Only those in this state.") var state: String?
  @Option(help: "Only those of this project.") var project: String?

  @Option(help: ArgumentHelp("Only those with just this diff.", valueName: "file"))
  var diff: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    if let state, PatchStatus(named: state) == nil {
      throw LogError(
        .usage, "--state \"\(state)\" is none",
        allowed: PatchStatus.allCases.filter { $0 != .absent }.map(\.name))
    }
    let engine = try OpenedLog(reading: common.log, console.here).engine
    let text = try diff.map { file throws(LogError) in
      try PatchText(file, console.here).bytes
    }
    var table = PatchReport.table()
    var writer = JSONWriter()
    writer.beginArray()
    try engine.project(PatchesView.self, now: SystemClock().now()) { (entry) throws(LogError) in
      guard let document = try? JSONDocument(parsing: entry.json),
        let id = document.text(at: ["patch_id"]).flatMap({ ULID($0) })
      else { return true }
      if let state, document.text(at: ["state"]) != state { return true }
      if let project, document.text(at: ["project_id"]) != project { return true }
      // Whole patches are large: of each no more is kept than is shown.
      let patch = try engine.patch(id)
      if let text, patch.diffText != text { return true }
      if console.isJSON {
        PatchReport.writeSummary(patch, to: &writer)
      } else {
        PatchReport.add(patch, to: &table)
      }
      return true
    }
    writer.endArray()
    if console.isJSON { console.output.json(writer.bytes) } else { console.show(table) }
    return .done
  }
}
