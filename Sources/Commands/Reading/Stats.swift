internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Merkle

/// Shows how large the log is and what proves it.
struct Stats: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the log's head, size and streams.",
    discussion: """
      EXAMPLES
        uetlog stats
        uetlog stats --json --log .uetlog
      """)

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let opened = try OpenedLog(reading: common.log, console.here)
    var unit = ReadFigures()
    let figures = try opened.engine.log.read(&unit)
    let shown = StatsText(
      opened, figures, fileSize: Files.size(opened.location.path + "/data.mdb"))
    if console.isJSON {
      console.output.json(shown.json)
    } else {
      for line in shown.lines(console.style) { console.output.line(line) }
    }
    return .done
  }
}

/// What a log consists of, on one consistent view.
struct Figures: Sendable {
  var head = Head()
  var oldest: Timestamp?
  /// Streams and their events, by category.
  var streams: [String: (count: UInt64, events: UInt64)] = [:]
}

/// Counts streams by category.
struct ReadFigures: ReadUnit {
  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Figures {
    var figures = Figures()
    figures.head = try tables.head()
    figures.oldest = try tables.event(at: Position(1))?.envelope.recordedAt
    var numbers: [(String, EntityNumber)] = []
    try tables.forEachName(prefix: []) { (name, number) throws(LogError) in
      numbers.append((name.category, number))
      return true
    }
    // Rows lie in the order of their numbers.
    numbers.sort { $0.1 < $1.1 }
    for (category, number) in numbers {
      // Other rows of state, such as sums, are no streams.
      guard let row = try tables.row(number), row.revision > 0 else { continue }
      let before = figures.streams[category] ?? (0, 0)
      figures.streams[category] = (before.count + 1, before.events + row.revision)
    }
    return figures
  }
}

/// The figures as they are shown.
private struct StatsText {
  private let opened: OpenedLog
  private let figures: Figures
  private let fileSize: (apparent: Int64, allocated: Int64)?

  init(_ opened: OpenedLog, _ figures: Figures, fileSize: (apparent: Int64, allocated: Int64)?) {
    self.opened = opened
    self.figures = figures
    self.fileSize = fileSize
  }

  private var newest: Timestamp? {
    figures.head.position > .none ? figures.head.recordedAt : nil
  }

  private var categories: [(name: String, count: UInt64, events: UInt64)] {
    figures.streams.map { ($0.key, $0.value.count, $0.value.events) }
      .sorted { $0.name < $1.name }
  }

  var json: [UInt8] {
    let log = opened.engine.log
    var writer = JSONWriter()
    func member(_ key: String, _ text: String?) {
      writer.key(key)
      if let text { writer.string(text) } else { writer.null() }
    }
    func member(_ key: String, _ number: some BinaryInteger) {
      writer.key(key)
      writer.int(number)
    }
    writer.beginObject()
    member("log", opened.location.path)
    member("log_id", log.identity.id.description)
    member("format", log.format.version)
    member("epoch", log.format.epoch)
    member("head", figures.head.position.rawValue)
    member("events", figures.head.position.rawValue)
    member("tree_size", figures.head.frontier.size)
    member("tree_root", figures.head.frontier.root.description)
    member("oldest", figures.oldest?.description)
    member("newest", newest?.description)
    member("file_bytes", fileSize?.apparent ?? 0)
    member("disk_bytes", fileSize?.allocated ?? 0)
    writer.key("streams")
    writer.beginObject()
    for category in categories {
      writer.key(category.name)
      writer.beginObject()
      member("streams", category.count)
      member("events", category.events)
      writer.endObject()
    }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  func lines(_ style: Style) -> [String] {
    let log = opened.engine.log
    let count = figures.head.position.rawValue
    var lines: [String] = []
    func add(_ name: String, _ text: String) {
      let blanks = String(repeating: " ", count: max(0, 10 - name.count))
      lines.append(style(.dim, name + blanks) + text)
    }
    add("log", SafeText.escaped(opened.location.path) + " (\(opened.location.origin.rawValue))")
    add("log id", "\(log.identity.id), format \(log.format.version), epoch \(log.format.epoch)")
    add("events", String(count))
    add("tree", "\(figures.head.frontier.root) (size \(figures.head.frontier.size))")
    if let oldest = figures.oldest, let newest { add("recorded", "\(oldest) to \(newest)") }
    if let fileSize {
      let each = count > 0 ? ", \(UInt64(clamping: fileSize.allocated) / count) bytes an event" : ""
      add("file", "\(fileSize.apparent) bytes, \(fileSize.allocated) on disk\(each)")
    }
    guard !categories.isEmpty else { return lines }
    var table = Table([("category", false), ("streams", true), ("events", true)])
    for category in categories {
      table.add([category.name, String(category.count), String(category.events)])
    }
    return lines + [""] + table.lines(style)
  }
}
