internal import ArgumentParser
internal import Events

/// A subcommand: it prints to a console and tells how it ended.
protocol LogCommand: ParsableCommand {
  var common: CommonOptions { get }

  func execute(_ console: Console) throws(LogError) -> ExitCode
}

/// The options that all subcommands share.
struct CommonOptions: ParsableArguments {
  @Option(help: "The log's directory.")
  var log: String?

  @Flag(help: "Print JSON, errors too.")
  var json = false

  @Flag(help: "Print no notes and no progress.")
  var quiet = false

  @Option(help: "auto, always or never.")
  var color = ColorChoice.auto

  init() {}
}

extension ColorChoice: ExpressibleByArgument {}
