internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Evidence
internal import JSON
internal import Merkle

/// Shows all there is to know about one event.
struct Show: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show one event with everything the log knows about it.",
    usage: "uetlog show <position|id> [<options>]",
    discussion: """
      --unseal also shows the payload as it was before its secrets were masked, where secrets.mode \
      was seal: KEYFILE is the one that `uetlog key new --sealing` made.

      EXAMPLES
        uetlog show 42
        uetlog show 42 --unseal ~/.config/uetlog/keys/build.unsealing
        uetlog show 01JD8WXY3Z0000000000000000 --json
      """)

  @Argument(help: ArgumentHelp("A position or an event's ULID.", valueName: "position|id"))
  var event: String

  @Option(
    help: ArgumentHelp("Show what was masked, by the key in this file.", valueName: "keyfile"))
  var unseal: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let reference = try EventReference.parse(event)
    let log = try OpenedLog(reading: common.log, console.here)
    let event = try log.engine.event(reference)
    guard let bytes = event.envelope.encoded() else {
      throw LogError(.corruption, "the envelope at position \(event.position) is damaged")
    }
    var shown = EventDetails(event, leaf: TreeHash.leaf(bytes))
    if let unseal {
      shown.unsealed = try payload(of: event, in: log, console.here.absolute(unseal))
    }
    if console.isJSON {
      console.output.json(shown.json)
    } else {
      for line in shown.lines(console.style) { console.output.line(line) }
    }
    return .done
  }

  /// The payload as it was offered.
  private func payload(
    of event: Event, in log: OpenedLog, _ path: String
  ) throws(LogError) -> [UInt8] {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    try KeyStore.require(directory, outsideOfLog: log.location.path)
    return try log.engine.unseal(event, with: KeyStore.unsealing(path))
  }
}
