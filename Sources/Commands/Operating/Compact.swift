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
    usage: "uetlog compact [--dry-run] [--wait <wait>] [<options>]",
    discussion: """
      Every event, proof and view stays as it is. Writers wait meanwhile; they and whoever \
      follows go on with the new files by themselves. Needs room for a second copy of the log; \
      --dry-run says how much, and how much would become free. On a full disk the room counts \
      too that the log keeps in reserve.

      EXAMPLES
        uetlog compact --dry-run
        uetlog compact --wait 60s --json
      """)

  @Flag(help: "Say what would become free, change nothing.")
  var dryRun = false

  @Option(help: "How long to wait for other writers, like 5s.")
  var wait: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: common.log, console.here)
    guard location.hasLog else { throw location.missing }
    let flags = wait.map { [(setting: "append.wait", value: $0, option: "--wait")] } ?? []
    let settings = try Settings(log: location.path, console.here, flags: flags)
    if dryRun {
      let log = try OpenedLog(reading: common.log, console.here).engine.log
      show(try log.plannedCompaction(), location, console)
      return .done
    }
    let log = try OpenedLog(writing: location, settings, console).engine.log
    let done = try CopyProgress.during(console) { (meter) throws(LogError) in
      try log.compact(waitNanoseconds: settings.waitNanoseconds, meter)
    }
    show(done, location, console)
    return .done
  }

  private func show(_ done: Compaction, _ location: LogLocation, _ console: Console) {
    let room = Directory.freeByteCount(at: location.path)
    if console.isJSON {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("path", location.path)
      writer.member("byte_count_before", UInt64(done.before))
      writer.member("byte_count", UInt64(done.after))
      writer.member("dry_run", dryRun)
      if dryRun { writer.member("free_byte_count", room) }
      writer.endObject()
      console.output.json(writer.bytes)
    } else if dryRun {
      console.output.line(
        "\(max(0, done.before - done.after)) of \(done.before) bytes would become free; meanwhile "
          + "\(done.after) bytes of room are needed, \(room) are there")
    } else {
      console.output.line("\(done.before) bytes before, \(done.after) bytes now")
    }
  }
}
