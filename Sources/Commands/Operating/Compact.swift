internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON

/// `uetlog compact`: writes the log's files anew without unused pages.
struct Compact: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the log's files anew, without what was freed in them.",
    usage: "uetlog compact [--wait <wait>] [<options>]",
    discussion: """
      Every event, proof and view stays as it is. Writers wait meanwhile; they and whoever \
      follows go on with the new files by themselves. Needs room for a second copy of the log.

      EXAMPLES
        uetlog compact
        uetlog compact --wait 60s --json
      """)

  @Option(help: "How long to wait for other writers, like 5s.")
  var wait: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: common.log, console.here)
    guard location.hasLog else { throw location.missing }
    let flags = wait.map { [(setting: "append.wait", value: $0, option: "--wait")] } ?? []
    let settings = try Settings(log: location.path, console.here, flags: flags)
    let log = try OpenedLog(writing: location, settings, console).engine.log
    let done = try log.compact(waitNanoseconds: settings.waitNanoseconds)
    guard !console.isJSON else {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("path", location.path)
      writer.member("byte_count_before", UInt64(done.before))
      writer.member("byte_count", UInt64(done.after))
      writer.endObject()
      console.output.json(writer.bytes)
      return .done
    }
    console.output.line("\(done.before) bytes before, \(done.after) bytes now")
    return .done
  }
}
