internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline

/// Shows a view: the present state, or that of a position or time.
struct Project: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the present state, folded from the log.",
    discussion: """
      Views are kept with each append, so that showing one does not read the log. --at folds the \
      log up to a position or time with today's code.

      A field has one name in all formats: a table's heading only has blanks for its underscores. \
      A table shows the main fields, csv all. Money is in micro-dollars: 1000000 are $1.

      EXAMPLES
        uetlog project patches --where state=queued
        uetlog project budget --at -1h --format csv
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "The view; `uetlog project --list` names them.") var view: String?
  @Flag(help: "List the views.") var list = false
  @Flag(help: "Fold all views anew from the first event.") var rebuild = false
  @Option(parsing: .unconditional, help: "As of this position or time.") var at: String?
  @Option(help: "Only the entry of this id.") var key: String?
  @Option(
    name: .customLong("where"),
    help: "Only entries whose field is this: FIELD=VALUE; may be repeated.")
  var conditions: [String] = []
  @Option(help: "table, json, jsonl or csv.") var format: ProjectFormat?
  @Flag(help: "Show it again whenever it changes.") var watch = false
  @Option(
    parsing: .unconditional,
    help: "The time that ages and health are judged at; now if it is left out.")
  var now: String?

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    if list { return printList(console) }
    if rebuild { return try rebuildAll(console) }
    guard let view else {
      throw LogError(
        .usage, "project shows a view", allowed: views.map { $0.name },
        hint: "`uetlog project --list` says what each shows")
    }
    guard let type = views.first(where: { $0.name == view }) else {
      throw LogError(.usage, "there is no view \"\(view)\"", allowed: views.map { $0.name })
    }
    guard at == nil || !watch else {
      throw LogError(
        .usage, "--at and --watch exclude each other: what was does not change",
        hint: "Leave --watch out to see it once, or --at to see the present")
    }
    let format = self.format ?? (common.json ? .json : .table)
    let filter = try EntryFilter(conditions, of: type)
    let times = try self.times()
    let opened = try openedWithViews(console)
    let request = try self.request(times, opened)
    let show = { () throws(LogError) -> ExitCode in
      try self.show(type, opened, request, filter, format, console)
    }
    guard watch else { return try show() }
    return try repeatedly(opened, console, show)
  }

  /// As of when, and which entry.
  private struct Request {
    var position: Position?
    var now: Timestamp?
  }

  /// What `--at` and `--now` say.
  private func times() throws(LogError) -> (at: TimeOrPosition?, now: Timestamp?) {
    let clock = SystemClock().now()
    let at = try at.map { text throws(LogError) in
      try TimeOrPosition.parse(text, option: "--at", now: clock)
    }
    guard let now else { return (at, nil) }
    guard case .time(let time) = try TimeOrPosition.parse(now, option: "--now", now: clock) else {
      throw LogError(.usage, "--now takes a time", actual: now)
    }
    return (at, time)
  }

  private func request(
    _ times: (at: TimeOrPosition?, now: Timestamp?), _ opened: OpenedLog
  ) throws(LogError) -> Request {
    var request = Request()
    if let at = times.at {
      switch at {
      case .position(let position):
        let head = try opened.engine.head().position
        guard position <= head else {
          throw LogError(
            .notFound, "there is no position \(position) yet", actual: "the log ends at \(head)")
        }
        request.position = position
      case .time(let time):
        request.position = try opened.engine.position(atOrBefore: time)
        request.now = time
      }
    }
    if let now = times.now { request.now = now }
    return request
  }

  private func show(
    _ view: any View.Type, _ opened: OpenedLog, _ request: Request, _ filter: EntryFilter,
    _ format: ProjectFormat, _ console: Console
  ) throws(LogError) -> ExitCode {
    var printer = EntryPrinter(view, format, console)
    var progress = Progress("folding", isQuiet: common.quiet)
    var found = false
    try opened.engine.project(
      view, at: request.position, now: request.now ?? SystemClock().now(), key: key,
      progress: { done, total in progress.update(done.rawValue, of: total.rawValue) }
    ) { (entry) throws(LogError) in
      guard let document = try? JSONDocument(parsing: entry.json) else {
        throw LogError(.system, "the entry of \(entry.name) is no JSON")
      }
      found = true
      if filter.accepts(document) { printer.add(entry.json, document) }
      return console.output.failure == nil
    }
    if let key, !found {
      throw LogError(
        .notFound, "\(view.name) has no entry \"\(key)\"",
        hint: "`uetlog project \(view.name)` shows all")
    }
    printer.finish()
    return .done
  }

  private func repeatedly(
    _ opened: OpenedLog, _ console: Console, _ show: () throws(LogError) -> ExitCode
  ) throws(LogError) -> ExitCode {
    let watch = LogWatch(log: opened.location.path)
    var shown: Position?
    let epoch = try opened.engine.refresh(after: nil)
    while true {
      _ = try opened.engine.refresh(after: epoch)
      let head = try opened.engine.head().position
      if shown != head {
        // A terminal is cleared; a file gets one after the other.
        if console.output.isTerminal { console.output.write("\u{1B}[H\u{1B}[2J") }
        _ = try show()
        console.output.flush()
        guard console.output.failure == nil else { return .done }
        shown = head
      }
      guard watch.wait(reader: 1) else { return .done }
    }
  }

  private func printList(_ console: Console) -> ExitCode {
    if common.json {
      var writer = JSONWriter()
      writer.beginArray()
      for view in views {
        writer.beginObject()
        writer.member("name", view.name)
        writer.member("summary", view.summary)
        writer.endObject()
      }
      writer.endArray()
      console.output.json(writer.bytes)
      return .done
    }
    var table = Table([("view", false), ("shows", false)])
    for view in views { table.add([view.name, view.summary]) }
    console.show(table)
    return .done
  }

  private func rebuildAll(_ console: Console) throws(LogError) -> ExitCode {
    let location = try LogLocation(flag: common.log, console.here)
    guard location.hasLog else { throw location.missing }
    let settings = try Settings(log: location.path, console.here)
    try console.rebuildViews(of: OpenedLog(writing: location, settings, console).engine)
    return .done
  }

  /// Opens the log to read it.
  ///
  /// Views whose code is newer than their rows are folded anew first, as whoever opens the log to
  /// write does.
  private func openedWithViews(_ console: Console) throws(LogError) -> OpenedLog {
    do {
      let opened = try OpenedLog(reading: common.log, console.here)
      if try opened.engine.viewsAreCurrent() { return opened }
    }
    let location = try LogLocation(flag: common.log, console.here)
    do {
      let settings = try Settings(log: location.path, console.here)
      _ = try OpenedLog(writing: location, settings, console)
    }
    return try OpenedLog(reading: common.log, console.here)
  }
}

/// How a view is printed.
enum ProjectFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  case table, json, jsonl, csv
}
