internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Merkle

/// `uetlog backup`: copies the log while it is being written.
struct Backup: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the log into a new directory, while others write.",
    usage: "uetlog backup <directory> [<options>]",
    discussion: """
      The copy is the log at one moment, compact, and there whole or not at all. It is a log \
      itself: `uetlog verify --log DIRECTORY` proves it, `uetlog restore DIRECTORY` puts it back. \
      Never use cp on a log that may be written: it copies pages of different moments.

      EXAMPLES
        uetlog backup /backups/2026-11-22
        uetlog backup ../before-upgrade --json
      """)

  @Argument(help: "The directory to make; it must not be there yet.")
  var directory: String

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let opened = try OpenedLog(reading: common.log, console.here)
    let place = console.here.absolute(directory)
    let copy = try CopyProgress.during(console) { (meter) throws(LogError) in
      try opened.engine.log.backUp(to: place, meter)
    }
    guard !console.isJSON else {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("path", copy.path)
      writer.member("position", copy.head.position.rawValue)
      writer.member("root", copy.head.frontier.root.description)
      writer.member("epoch", UInt64(copy.epoch))
      writer.member("byte_count", UInt64(copy.byteCount))
      writer.endObject()
      console.output.json(writer.bytes)
      return .done
    }
    console.output.line(
      "copied positions 1 to \(copy.head.position) to \(SafeText.escaped(copy.path)) "
        + "(\(copy.byteCount) bytes)")
    console.note("`uetlog verify --log \(SafeText.escaped(directory))` proves that it is whole")
    return .done
  }
}
