internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import Events

/// Shows what happened, in order.
struct Replay: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what happened, in order.",
    discussion: """
      Conditions add up. --from, --to, --since and --until each take a position, a time \
      (2026-11-22T15:04:05Z, 2026-11-22) or a time ago (-10m). Times are UTC. jsonl lines are \
      what `append` takes in again; runevents are documents of run_event.v1: events of no run are \
      left out and counted.

      A stream, run, type or category that the log does not know is an error (exit 66); --follow \
      waits for streams and runs that are still to come. With --cursor NAME a following reader \
      goes on where it stopped, with the conditions it had at first (--to POSITION may change); \
      after a crash some events may come twice, none is left out.

      EXAMPLES
        uetlog replay --stream patch-01JD8WXY3Z0000000000000000
        uetlog replay --since -1h --type task_failed --format jsonl
        uetlog replay --category patch --count
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: "Events of this run.") var run: String?
  @Option(help: "Events of this stream.") var stream: String?
  @Option(help: "Events of streams of this kind: patch, worker, task …") var category: String?
  @Option(help: "Events of this type; may be repeated.") var type: [String] = []
  @Option(help: "Events of this source.") var source: String?
  @Option(help: "Events with this label, k=v; may be repeated.") var label: [String] = []
  @Option(parsing: .unconditional, help: "From here on.") var from: String?
  @Option(parsing: .unconditional, help: "Up to here.") var to: String?
  @Option(parsing: .unconditional, help: "Since this time (or position).") var since: String?
  @Option(parsing: .unconditional, help: "Until this time (or position).") var until: String?
  @Option(help: "The time to show, and of --since and --until: log (when it was stored) or ts.")
  var by = "log"
  @Option(help: "Only the newest N.") var last: Int?
  @Flag(help: "Newest first.") var backwards = false
  @Flag(help: "Only how many they are.") var count = false
  @Flag(help: "Go on with new events as they come.") var follow = false
  @Option(help: "With --follow: a durable place to go on from.") var cursor: String?
  @Option(help: "pretty, jsonl, cloudevents or runevents.") var format: ReplayFormat?
  @Flag(help: "jsonl: add position, revision, recorded_at, leaf, flags.") var logFields = false

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let query = try self.query()
    let format = self.format ?? (common.json ? .jsonl : .pretty)
    guard !(backwards && follow) else {
      throw LogError(.usage, "--backwards and --follow exclude each other")
    }
    guard follow || cursor == nil else { throw LogError(.usage, "--cursor goes with --follow") }
    guard !(count && (follow || self.format != nil)) else {
      throw LogError(.usage, "--count prints a number: it goes without --follow and --format")
    }
    let opened = try OpenedLog(reading: common.log, console.here)
    try requireNames(of: query, KnownNames(engine: opened.engine))
    if count {
      let count = try opened.engine.count(query)
      console.output.line(common.json ? "{\"count\":\(count)}" : "\(count)")
      return .done
    }
    let printer = ReplayPrinter(opened.engine, console, format, withLogFields: logFields)
    guard follow else {
      try printer.print(query)
      return .done
    }
    let place = try cursor.map { name throws(LogError) in
      try FollowCursor(log: opened.location.path, name: name, conditions: conditions)
    }
    return try Following(opened: opened, printer: printer, cursor: place).run(query)
  }

  private func query() throws(LogError) -> Query {
    var query = Query()
    if let run { query.runID = try ULID.parse(run, option: "--run") }
    if let stream {
      guard let name = Name(stream) else {
        throw LogError(.usage, "\"\(stream)\" can't be the name of a stream")
      }
      query.stream = name
    }
    query.category = category
    query.types = type
    query.source = source
    query.labels = try label.map { text throws(LogError) in try Self.label(text) }
    query.isBackwards = backwards
    query.last = last
    switch by {
    case "log": query.clock = .log
    case "ts": query.clock = .source
    default:
      throw LogError(.usage, "--by takes a clock", actual: by, allowed: ["log", "ts"])
    }
    if let last, last < 1 { throw LogError(.usage, "--last takes a number from 1") }
    for (text, option) in [(from, "--from"), (since, "--since")] {
      guard let text else { continue }
      switch try TimeOrPosition.parse(text, option: option, now: SystemClock().now()) {
      case .position(let position): query.from = max(query.from, position)
      case .time(let time): query.since = max(query.since ?? time, time)
      }
    }
    for (text, option) in [(to, "--to"), (until, "--until")] {
      guard let text else { continue }
      switch try TimeOrPosition.parse(text, option: option, now: SystemClock().now()) {
      case .position(let position): query.to = min(query.to, position)
      case .time(let time): query.until = min(query.until ?? time, time)
      }
    }
    return query
  }

  /// A name that the log does not know is a mistake, and not an empty answer.
  private func requireNames(of query: Query, _ names: KnownNames) throws(LogError) {
    for type in query.types { try names.require(type: type) }
    if let category = query.category { try names.require(category: category) }
    // Who follows may wait for what is still to come.
    guard !follow else { return }
    if let stream = query.stream { try names.require(stream: stream) }
    if let run = query.runID { try names.require(run: run) }
  }

  /// Reads `k=v`.
  private static func label(_ text: String) throws(LogError) -> Label {
    guard let equals = text.firstIndex(of: "=") else {
      throw LogError(.usage, "--label \"\(text)\" has no =", expected: "like actor=aider")
    }
    return Label(
      key: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
  }
}

/// How a replay is printed.
enum ReplayFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  case pretty, jsonl, cloudevents, runevents
}
