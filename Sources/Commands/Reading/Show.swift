internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Merkle

/// Shows all there is to know about one event.
struct Show: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show one event with everything the log knows about it.",
    usage: "uetlog show <position|id> [<options>]",
    discussion: """
      EXAMPLES
        uetlog show 42
        uetlog show 01JD8WXY3Z0000000000000000 --json
      """)

  @Argument(help: ArgumentHelp("A position or an event's ULID.", valueName: "position|id"))
  var event: String

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let reference = try EventReference.parse(event)
    let log = try OpenedLog(reading: common.log, console.here)
    let event = try log.engine.event(reference)
    guard let bytes = event.envelope.encoded() else {
      throw LogError(.corruption, "the envelope at position \(event.position) is damaged")
    }
    let shown = EventDetails(event, leaf: TreeHash.leaf(bytes))
    if console.isJSON {
      console.output.json(shown.json)
    } else {
      for line in shown.lines(console.style) { console.output.line(line) }
    }
    return .done
  }
}
