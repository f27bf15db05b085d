internal import Bytes
internal import Engine
internal import EventLog
internal import Events

/// Prints the events of a query in one of the formats.
struct ReplayPrinter {
  let console: Console
  private let engine: Engine<LMDBLog>
  private let format: ReplayFormat
  private let withLogFields: Bool

  init(
    _ engine: Engine<LMDBLog>, _ console: Console, _ format: ReplayFormat, withLogFields: Bool
  ) {
    self.engine = engine
    self.console = console
    self.format = format
    self.withLogFields = withLogFields
  }

  /// Prints, and returns the position to go on from later.
  @discardableResult
  func print(_ query: Query) throws(LogError) -> Position {
    switch format {
    case .pretty: return try printTimeline(query)
    case .jsonl: return try render(query, JSONLine(withLogFields: withLogFields))
    case .cloudevents: return try render(query, CloudEvent(log: engine.log.identity))
    case .runevents: return try renderRunEvents(query)
    }
  }

  private func printTimeline(_ query: Query) throws(LogError) -> Position {
    var timeline = Timeline(
      engine, console.style, clock: query.clock, width: console.output.columnCount)
    return try engine.replay(query) { (event) throws(LogError) in
      for line in try timeline.lines(event) { console.output.line(line) }
      return console.output.failure == nil
    }
  }

  private func renderRunEvents(_ query: Query) throws(LogError) -> Position {
    let renderer = RunEvent()
    let end = try render(query, renderer)
    if renderer.omitted.count > 0 {
      console.note("left out \(renderer.omitted.count) events that are of no run")
    }
    return end
  }

  private func render(
    _ query: Query, _ renderer: some RecordRenderer
  ) throws(LogError) -> Position {
    // What can be read in one go from front to back is rendered straight from the records.
    if query.stream == nil, query.runID == nil, !query.isBackwards, query.last == nil {
      return try engine.export(engine.startingAtTime(query), renderer) { (text, _) in
        write(text)
        return console.output.failure == nil
      }
    }
    var line: [UInt8] = []
    return try engine.replay(query) { (event) throws(LogError) in
      line.removeAll(keepingCapacity: true)
      event.render(renderer, to: &line)
      write(line)
      return console.output.failure == nil
    }
  }

  /// A terminal never gets what could change its state.
  private func write(_ text: [UInt8]) {
    console.output.write(console.output.isTerminal ? SafeText.escapedJSON(text) : text)
  }
}

extension Event {
  /// Renders an event that was read by itself.
  fileprivate func render(_ renderer: some RecordRenderer, to out: inout [UInt8]) {
    guard let bytes = envelope.encoded(), let view = EnvelopeView(bytes.rawSpan) else { return }
    guard let payload else {
      renderer.render(
        RecordView(envelope: view, salted: nil, isRedacted: false), at: position, to: &out)
      return
    }
    // The salt is not shown: any will do.
    let salted = [UInt8](repeating: 0, count: Salt.byteCount) + payload
    renderer.render(
      RecordView(envelope: view, salted: salted.rawSpan, isRedacted: isRedacted), at: position,
      to: &out)
  }
}
