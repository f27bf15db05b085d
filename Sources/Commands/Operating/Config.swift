internal import ArgumentParser
internal import Configuration
internal import Events
internal import JSON

/// The settings in force.
struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the settings in force.",
    discussion: """
      A flag is stronger than a UETLOG_* variable, that than the log's config.json, that than the \
      repository's config/uetlog.json, and that than the shipped value.

      EXAMPLES
        uetlog config show
        UETLOG_WORKER_MAX_ERRORS=5 uetlog config show --json
      """,
    subcommands: [ConfigShow.self])
}

/// Shows every setting with its value and where that came from.
struct ConfigShow: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show every setting and where its value came from.",
    discussion: """
      EXAMPLES
        uetlog config show
        uetlog config show --json --log .uetlog
      """)

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: common.log, console.here)
    let settings = try Settings(log: location.path, console.here)
    if console.isJSON {
      console.output.json(Self.json(settings, location))
      return .done
    }
    console.output.line("log  \(SafeText.escaped(location.path)) (\(location.origin.rawValue))\n")
    // The longest last, so that the others stay side by side.
    var table = Table([("setting", false), ("from", false), ("variable", false), ("value", false)])
    for setting in SettingTable.all {
      let (value, source) = settings.value(setting)
      table.add([setting.name, "\(source)", setting.isFixed ? "" : setting.variable, "\(value)"])
    }
    console.show(table)
    return .done
  }

  private static func json(_ settings: Settings, _ location: LogLocation) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("log")
    writer.string(location.path)
    writer.key("log_from")
    writer.string(location.origin.rawValue)
    writer.key("settings")
    writer.beginObject()
    for setting in SettingTable.all {
      let (value, source) = settings.value(setting)
      writer.key(setting.name)
      writer.beginObject()
      writer.key("value")
      value.write(to: &writer)
      writer.key("source")
      writer.string("\(source)")
      writer.endObject()
    }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }
}
