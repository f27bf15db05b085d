internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence
internal import JSON

/// `uetlog tiles`: the log's tree as files that others can serve and audit.
struct Tiles: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the log's tree to a directory as tiles, for auditors.",
    usage: "uetlog tiles <directory> [--to <checkpoint>] [<options>]",
    discussion: """
      The directory (c2sp.org/tlog-tiles) has the hashes of the tree, the envelopes that are its \
      leaves, and a signed checkpoint: the newest seal in the log, or the one of --to. Payloads \
      are not in it. A second run writes only what is new; a full tile is never written \
      again, and a directory that is of another history of the log is refused (74).

      EXAMPLES
        uetlog seal > checkpoint.txt && uetlog tiles /srv/tlog
        uetlog tiles ../tiles --to checkpoint.txt --json
      """)

  @Argument(help: "The directory: a new one, or one that this command made.")
  var directory: String

  @Option(help: ArgumentHelp("A checkpoint of this log, in a file.", valueName: "checkpoint"))
  var to: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let engine = try OpenedLog(reading: common.log, console.here).engine
    let signed = try engine.checkpoint(to, covering: .none, console.here)
    var tiles = try TileDirectory(directory, console.here)
    let earlier = try tiles.checkpoint()
    if let earlier, earlier.checkpoint.size > signed.checkpoint.size {
      throw LogError(
        .unsafe, "\(directory) covers more than the checkpoint",
        expected: "a checkpoint of size \(earlier.checkpoint.size) or more",
        actual: "size \(signed.checkpoint.size)",
        hint: "`uetlog seal` makes a newer one; a log that was rolled back is told by "
          + "`uetlog verify --against \(directory)/checkpoint`")
    }
    var progress = Progress("writing tiles of events", isQuiet: common.quiet || common.json)
    try engine.exportTiles(of: signed.checkpoint, after: earlier?.checkpoint, to: &tiles) {
      done, total in progress.update(done, of: total)
    }
    _ = consume progress
    try tiles.put(signed)
    guard !console.isJSON else {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("path", tiles.path)
      writer.member("size", signed.checkpoint.size)
      writer.member("root", signed.checkpoint.root.description)
      writer.member("tiles_written", UInt64(tiles.written))
      writer.endObject()
      console.output.json(writer.bytes)
      return .done
    }
    console.output.line(
      "\(tiles.written) tiles written to \(SafeText.escaped(tiles.path)); they and those that were "
        + "there cover positions 1 to \(signed.checkpoint.size - 1)")
    return .done
  }
}
