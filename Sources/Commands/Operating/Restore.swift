internal import ArgumentParser
internal import Configuration
internal import EventLog
internal import Events
internal import JSON

/// `uetlog restore`: goes on with a backup.
struct Restore: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go on with a backup, in a new epoch.",
    usage: "uetlog restore <backup> [--replace] [--dry-run] [<options>]",
    discussion: """
      Copies a backup to the place of the log; the backup stays. A log that is there is put aside \
      with --replace and never removed. Positions after the backup's last may become other events \
      than before: receipts carry the epoch, which rises with each restore, and whoever follows \
      the log is told. What this machine saw of the log in other places is told: only one of them \
      may go on.

      EXAMPLES
        uetlog verify --log /backups/2026-11-22
        uetlog restore /backups/2026-11-22 --replace --dry-run
      """)

  @Argument(help: "What `uetlog backup` made.")
  var backup: String

  @Flag(help: "Put the log that is there aside.")
  var replace = false

  @Flag(help: "Say what would be done, change nothing.")
  var dryRun = false

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: common.log, console.here)
    let settings = try Settings(log: location.path, console.here)
    let source = try LMDBLog(
      opening: console.here.absolute(backup), OpenedLog.options(console.here, isReading: true))
    let options = try OpenedLog.options(console.here, isReading: false)
    let done = try CopyProgress.during(console) { (meter) throws(LogError) in
      try source.restore(
        to: location.path, isReplacing: replace, isDryRun: dryRun, options,
        waitNanoseconds: settings.waitNanoseconds, meter)
    }
    if console.isJSON {
      console.output.json(json(done, location))
    } else {
      for line in lines(done, location) { console.output.line(SafeText.escaped(line)) }
      if let other = done.other { console.warn(warning(other, done)) }
    }
    return .done
  }

  /// What there is to know of a log that may live on elsewhere.
  private func warning(_ other: HighWaterSlot.Mark, _ done: Restored) -> String {
    let fork = min(other.position, done.head.position)
    let missing = other.position.rawValue - fork.rawValue
    return "this machine saw this log in another place, at position \(other.position) of epoch "
      + "\(other.epoch)\(missing > 0 ? ": \(missing) events more than the backup has" : ""). "
      + "Whoever still writes to it must stop: from position \(fork.next) on they are two logs "
      + "(a fork at \(fork))"
  }

  private func lines(_ done: Restored, _ location: LogLocation) -> [String] {
    let verb = dryRun ? "would restore" : "restored"
    var lines = [
      "\(verb) positions 1 to \(done.head.position) to \(location.path), epoch \(done.epoch)"
    ]
    if let old = done.old {
      lines.append(
        "the log that \(dryRun ? "is" : "was") there (positions 1 to \(old.head.position)) "
          + "\(dryRun ? "would be put" : "is now") at \(old.path)")
    }
    return lines
  }

  private func json(_ done: Restored, _ location: LogLocation) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("path", location.path)
    writer.member("position", done.head.position.rawValue)
    writer.member("epoch", UInt64(done.epoch))
    writer.member("dry_run", dryRun)
    if let old = done.old {
      writer.key("old")
      writer.beginObject()
      writer.member("path", old.path)
      writer.member("position", old.head.position.rawValue)
      writer.endObject()
    }
    if let other = done.other {
      writer.key("other")
      writer.beginObject()
      writer.member("position", other.position.rawValue)
      writer.member("epoch", UInt64(other.epoch))
      writer.endObject()
    }
    writer.endObject()
    return writer.bytes
  }
}
