internal import ArgumentParser

/// The root command: it only knows its subcommands.
struct Uetlog: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uetlog",
    abstract: "An append-only log of what pipelines of tools do, and views folded from it.",
    discussion: """
      EXAMPLES
        uetlog append note text="hello"
        uetlog stats

      EXIT CODES
      \(ExitCode.table)
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Writing", subcommands: [Append.self, Compensate.self, Import.self]),
      CommandGroup(
        name: "Reading",
        subcommands: [Replay.self, Project.self, Show.self, Trace.self, Stats.self]),
      CommandGroup(
        name: "Patches", subcommands: [PatchCommand.self, RequestCommand.self, PolicyCommand.self]),
      CommandGroup(
        name: "Proving",
        subcommands: [
          Verify.self, SealCommand.self, Prove.self, Bundle.self, Tiles.self, Key.self,
        ]),
      CommandGroup(
        name: "Operating",
        subcommands: [
          Scan.self, Redact.self, Schema.self, Backup.self, Restore.self, Compact.self,
          Doctor.self, Torture.self, Config.self,
        ]),
    ])
}
