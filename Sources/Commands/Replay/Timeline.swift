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
  /// How deep the events shown so far are nested: an effect stands under its cause.
  private var depths: [ULID: Int] = [:]
  private var lastDay = ""

  init(_ engine: Engine<LMDBLog>, _ style: Style) {
    tracker = EntityTracker(engine)
    self.style = style
  }

  /// The lines of the next event.
  mutating func lines(_ event: Event) throws(LogError) -> [String] {
    let envelope = event.envelope
    let transition = try tracker.take(event)
    let time = envelope.recordedAt.description
    var lines: [String] = []
    let day = String(time.prefix(10))
    if day != lastDay {
      lines.append(style(.bold, day))
      lastDay = day
    }
    let depth = min(depth(of: event), 8)
    let position = String(event.position.rawValue)
    var line = "\(Self.clock(time))  \(Self.padded(position, 6, left: true))  "
    line += String(repeating: "  ", count: depth) + (depth > 0 ? "└ " : "")
    line += colored(envelope) + "  " + style(.name, SafeText.escaped(envelope.stream.bytes))
    if let transition, transition.before != transition.after {
      line += "  \(transition.before ?? "·") → \(transition.after ?? "·")"
    }
    let marks = envelope.flags.subtracting(.reaction).names
    if !marks.isEmpty { line += style(.dim, "  [\(marks.joined(separator: " "))]") }
    let detail = Self.detail(event)
    if !detail.isEmpty { line += style(.dim, "  " + detail) }
    lines.append(line)
    return lines
  }

  private mutating func depth(of event: Event) -> Int {
    if depths.count > 100_000 { depths.removeAll() }
    let depth = event.envelope.causationID.flatMap { depths[$0] }.map { $0 + 1 } ?? 0
    depths[event.envelope.eventID] = depth
    return depth
  }

  private func colored(_ envelope: Envelope) -> String {
    let type = Self.padded(SafeText.escaped(envelope.type), 24, left: false)
    switch envelope.severity {
    case .debug, .info: return type
    case .warning: return style(.warning, type)
    case .error, .critical: return style(.bad, type)
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

  /// What the payload says beyond the subject, shortly: its plain fields.
  private static func detail(_ event: Event) -> String {
    guard let payload = event.payload.flatMap({ Payload($0) }) else {
      return event.payload == nil ? "(payload redacted)" : ""
    }
    var parts: [String] = []
    let subject = event.envelope.stream.id
    payload.document.forEachMember(payload.node) { key, value in
      guard parts.count < 4, let name = payload.document.string(key) else { return }
      switch payload.document.kind(value) {
      case .object, .array, .null: return
      case .string:
        guard let text = payload.document.string(value), text != subject else { return }
        parts.append("\(SafeText.escaped(name))=\(SafeText.escaped(shortened(text)))")
      default:
        let text = payload.document.bytes[payload.document.range(value)]
        parts.append("\(SafeText.escaped(name))=\(String(decoding: text, as: UTF8.self))")
      }
    }
    return parts.joined(separator: " ")
  }

  private static func shortened(_ text: String) -> String {
    let flat = text.prefix(200).split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: " ")
    return flat.count > 60 ? "\(flat.prefix(59))…" : flat
  }
}
