internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Pipeline

/// A replay that people read: time, position, what happened to what, what it changed, and why.
struct Timeline {
  private var tracker: EntityTracker<LMDBLog>
  private let style: Style
  private let clock: Query.ClockChoice
  /// The places of the terminal, for lines that are no longer.
  private let width: Int?
  /// How deep the events shown so far are nested: an effect stands under its cause.
  private var depths: [ULID: Int] = [:]
  private var lastDay = ""

  /// A source's time that is further than this from the log's is shown beside it.
  private static let farNanoseconds: Int64 = 60_000_000_000

  /// - Parameter clock: whose time stands at the beginning of the lines.
  init(
    _ engine: Engine<LMDBLog>, _ style: Style, clock: Query.ClockChoice = .log, width: Int? = nil
  ) {
    tracker = EntityTracker(engine)
    self.style = style
    self.clock = clock
    self.width = width
  }

  /// The lines of the next event.
  mutating func lines(_ event: Event) throws(LogError) -> [String] {
    let envelope = event.envelope
    let transition = try tracker.take(event)
    let time = (clock == .log ? envelope.recordedAt : envelope.time).description
    var lines: [String] = []
    let day = String(time.prefix(10))
    if day != lastDay {
      lines.append(style(.bold, day + (clock == .log ? " UTC" : " UTC, as the sources say")))
      lastDay = day
    }
    let depth = min(depth(of: event), 8)
    let position = String(event.position.rawValue)
    var line = FittedLine(width: width)
    line.add("\(Self.clock(time))  \(Self.padded(position, 6, left: true))  ")
    line.add(String(repeating: "  ", count: depth) + (depth > 0 ? "└ " : ""))
    line.add(Self.padded(SafeText.escaped(envelope.type), 24, left: false)) {
      colored($0, envelope.severity)
    }
    line.add("  " + SafeText.escaped(envelope.stream.bytes)) { style(.name, $0) }
    if let transition, transition.before != transition.after {
      line.add("  \(transition.before ?? "·") → \(transition.after ?? "·")")
    }
    let marks = marks(envelope)
    if !marks.isEmpty { line.add("  [\(marks.joined(separator: " "))]") { style(.dim, $0) } }
    let detail = EventSummary.text(event)
    if !detail.isEmpty { line.add("  " + detail) { style(.dim, $0) } }
    lines.append(line.text)
    return lines
  }

  /// What sets an event apart: its flags, and the other clock's time where that matters.
  private func marks(_ envelope: Envelope) -> [String] {
    var marks = envelope.flags.subtracting(.reaction).names
    let distance = envelope.time.nanoseconds.subtractingReportingOverflow(
      envelope.recordedAt.nanoseconds)
    if distance.overflow || distance.partialValue.magnitude >= Self.farNanoseconds.magnitude {
      marks.append(
        clock == .log ? "ts \(envelope.time)" : "recorded \(envelope.recordedAt)")
    }
    return marks
  }

  private mutating func depth(of event: Event) -> Int {
    if depths.count > 100_000 { depths.removeAll() }
    let depth = event.envelope.causationID.flatMap { depths[$0] }.map { $0 + 1 } ?? 0
    depths[event.envelope.eventID] = depth
    return depth
  }

  private func colored(_ text: String, _ severity: Severity) -> String {
    switch severity {
    case .debug, .info: text
    case .warning: style(.warning, text)
    case .error, .critical: style(.bad, text)
    }
  }

  /// `15:04:05.123` of a time's text.
  private static func clock(_ time: String) -> String {
    let clock = time.dropFirst(11).prefix { $0 != "Z" }
    let parts = clock.split(separator: ".")
    let fraction = (parts.count > 1 ? String(parts[1]) : "") + "000"
    return "\(parts.first ?? "").\(fraction.prefix(3))"
  }

  private static func padded(_ text: String, _ width: Int, left: Bool) -> String {
    let blanks = String(repeating: " ", count: max(0, width - Table.width(text)))
    return left ? blanks + text : text + blanks
  }
}
