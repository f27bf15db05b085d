internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import JSON

/// Shows the events of a correlation or run as a tree of causes.
struct Trace: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what led to what: a tree of causes.",
    discussion: """
      Takes a correlation id, a run's ULID, or an event's position or id (whose correlation, else \
      run, else own effects are shown).

      EXAMPLES
        uetlog trace 01JD8WXY3Z0000000000000000
        uetlog trace build-4711 --json
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "A correlation id, a run's ULID, or an event.") var what: String

  /// More than this is no tree to look at.
  private static let eventCountMax = 50_000

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let opened = try OpenedLog(reading: common.log, console.here)
    let events = try find(opened)
    guard !events.isEmpty else {
      throw LogError(
        .notFound, "no event has the correlation, run or id \"\(what)\"",
        hint: "`uetlog replay --last 20` shows the newest events")
    }
    let tree = CauseTree(events)
    if common.json {
      console.output.json(tree.json)
    } else {
      for line in tree.lines(console.style) { console.output.line(line) }
    }
    return .done
  }

  private func find(_ opened: OpenedLog) throws(LogError) -> [Event] {
    var query = Query()
    query.correlationID = what
    var events = try read(query, opened)
    if events.isEmpty, let run = ULID(what) {
      query = Query()
      query.runID = run
      events = try read(query, opened)
    }
    guard events.isEmpty, let reference = EventReference(what) else { return events }
    do throws(LogError) {
      return try around(try opened.engine.event(reference), opened)
    } catch {
      guard error.code == .notFound else { throw error }
      return []
    }
  }

  private func around(_ event: Event, _ opened: OpenedLog) throws(LogError) -> [Event] {
    var query = Query()
    if let correlation = event.envelope.correlationID {
      query.correlationID = correlation
    } else if let run = event.envelope.runID {
      query.runID = run
    } else {
      // Effects stand behind their cause: one scan forward finds them all.
      query.from = event.position
      var known: Set<ULID> = []
      return try read(query, opened).filter { candidate in
        let isEffect =
          candidate.position == event.position
          || candidate.envelope.causationID.map { known.contains($0) } ?? false
        if isEffect { known.insert(candidate.envelope.eventID) }
        return isEffect
      }
    }
    return try read(query, opened)
  }

  private func read(_ query: Query, _ opened: OpenedLog) throws(LogError) -> [Event] {
    var events: [Event] = []
    try opened.engine.replay(query) { (event) throws(LogError) in
      events.append(event)
      return events.count < Self.eventCountMax
    }
    return events
  }
}

/// Events under their causes, in order of position.
struct CauseTree {
  private var roots: [Event] = []
  private var effects: [ULID: [Event]] = [:]

  init(_ events: [Event]) {
    let ids = Set(events.map(\.envelope.eventID))
    for event in events {
      // A cause stands before its effect: anything else would loop.
      if let cause = event.envelope.causationID, ids.contains(cause),
        events.contains(where: { $0.envelope.eventID == cause && $0.position < event.position })
      {
        effects[cause, default: []].append(event)
      } else {
        roots.append(event)
      }
    }
  }

  func lines(_ style: Style) -> [String] {
    var lines: [String] = []
    for root in roots { add(root, indent: "", mark: "", style, to: &lines) }
    return lines
  }

  private func add(
    _ event: Event, indent: String, mark: String, _ style: Style, to lines: inout [String]
  ) {
    let time = event.envelope.recordedAt.description
    lines.append(
      indent + mark + SafeText.escaped(event.envelope.type) + "  "
        + style(.name, SafeText.escaped(event.envelope.stream.bytes))
        + style(.dim, "  at \(event.position)  \(time)"))
    let children = effects[event.envelope.eventID] ?? []
    let deeper = indent + (mark.isEmpty ? "" : mark == "└ " ? "  " : "│ ")
    for (index, child) in children.enumerated() where indent.count < 200 {
      add(
        child, indent: deeper, mark: index == children.count - 1 ? "└ " : "├ ", style, to: &lines)
    }
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    for root in roots { write(root, depth: 0, to: &writer) }
    writer.endArray()
    return writer.bytes
  }

  private func write(_ event: Event, depth: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("position", event.position.rawValue)
    writer.member("event_id", event.envelope.eventID.description)
    writer.member("type", event.envelope.type)
    writer.member("stream", event.envelope.stream.description)
    writer.member("recorded_at", event.envelope.recordedAt.description)
    let children = effects[event.envelope.eventID] ?? []
    if !children.isEmpty, depth < 100 {
      writer.key("effects")
      writer.beginArray()
      for child in children { write(child, depth: depth + 1, to: &writer) }
      writer.endArray()
    }
    writer.endObject()
  }
}
