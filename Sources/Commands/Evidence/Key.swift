internal import ArgumentParser

/// What there is to do with keys.
struct Key: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make and show the keys that checkpoints are signed with, or secrets sealed to.",
    subcommands: [KeyNew.self, KeyShow.self])
}
