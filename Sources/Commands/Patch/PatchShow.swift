internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Diff
internal import Engine
internal import Events
internal import JSON

/// A patch's id on the command line, and the log it is in.
struct PatchReference: ParsableArguments {
  @Argument(help: ArgumentHelp("The patch's ULID.", valueName: "ulid"))
  var patch: String

  init() {}

  func id() throws(LogError) -> ULID { try ULID.parse(patch, option: "the patch") }

  func stored(_ common: CommonOptions, _ console: Console) throws(LogError) -> StoredPatch {
    try OpenedLog(reading: common.log, console.here).engine.patch(id())
  }
}

/// Shows one patch: what it is, what was found, what it touches.
struct PatchShow: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a patch: what it is, what its checks found, what it touches.",
    usage: "uetlog patch show <ulid> [<options>]",
    discussion: """
      EXAMPLES
        uetlog patch show 01JD8WXY3Z0000000000000000
        uetlog patch show 01JD8WXY3Z0000000000000000 --json
      """)

  @OptionGroup var reference: PatchReference
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let patch = try reference.stored(common, console)
    if console.isJSON {
      console.output.json(PatchReport.json(patch))
    } else {
      PatchReport.show(patch, console)
    }
    return .done
  }
}

/// Shows a patch's events.
struct PatchHistory: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show what happened to a patch, and why.",
    usage: "uetlog patch history <ulid> [<options>]",
    discussion: """
      Events that were undone are left out; `uetlog replay --stream patch-ULID` has them, too.

      EXAMPLES
        uetlog patch history 01JD8WXY3Z0000000000000000
      """)

  @OptionGroup var reference: PatchReference
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let patch = try reference.stored(common, console)
    if console.isJSON {
      var writer = JSONWriter()
      PatchReport.writeHistory(patch, to: &writer)
      console.output.json(writer.bytes)
    } else {
      console.show(PatchReport.historyTable(patch))
    }
    return .done
  }
}

/// Prints a patch's diff, byte for byte where nobody looks.
struct PatchDiff: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Print a patch's diff, or the one that takes it back.",
    usage: "uetlog patch diff <ulid> [--reverse] [<options>]",
    discussion: """
      On a terminal it is coloured and what is not visible is written out; elsewhere it is the \
      diff byte for byte.

      EXAMPLES
        uetlog patch diff 01JD8WXY3Z0000000000000000 | git apply --check
        uetlog patch diff 01JD8WXY3Z0000000000000000 --reverse > undo.patch
      """)

  @OptionGroup var reference: PatchReference
  @Flag(help: "Print the diff that takes it back.") var reverse = false
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    var text = try reference.stored(common, console).diffText
    if reverse {
      let diff = UnifiedDiff(parsing: text.span)
      guard let reversed = Reversal.bytes(of: diff, in: text.span) else {
        throw LogError(
          .badInput, "the diff does not hold all that is needed to take it back",
          hint: "`uetlog patch show` tells what it is")
      }
      text = reversed
    }
    if console.isJSON {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("patch_id", try reference.id().description)
      writer.key("diff_text")
      writer.string(bytes: text.span)
      writer.endObject()
      console.output.json(writer.bytes)
      return .done
    }
    guard console.output.isTerminal || console.style.isColored else {
      console.output.write(text)
      return .done
    }
    var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    // A text that ends as it should leaves nothing behind its last line end.
    if lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines { console.output.line(colored(line, console.style)) }
    return .done
  }

  private func colored(_ line: ArraySlice<UInt8>, _ style: Style) -> String {
    let shown = SafeText.escaped(line)
    switch line.first {
    case UInt8(ascii: "+"): return style(.good, shown)
    case UInt8(ascii: "-"): return style(.bad, shown)
    case UInt8(ascii: "@"): return style(.name, shown)
    case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "n"), UInt8(ascii: "r"):
      return style(.bold, shown)
    default: return shown
    }
  }
}
