internal import Bytes
internal import Events
internal import JSON
internal import Pipeline
internal import Secrets

/// Prints where secrets were found, and counts them; the secrets themselves are never printed.
struct ScanReport {
  private let console: Console
  private(set) var findingCount = 0
  private var fileCount = 0
  private var eventCount = 0

  init(_ console: Console) { self.console = console }

  /// What was looked at, in words.
  var placeCount: String {
    fileCount > 0
      ? "\(fileCount) \(fileCount == 1 ? "file" : "files")"
      : "\(eventCount) \(eventCount == 1 ? "event" : "events")"
  }

  /// Prints what was found in a file.
  mutating func add(_ places: [StreamScanner.Place], of file: String) {
    for place in places {
      print(
        "\(file):\(place.line):\(place.column)", rule: place.finding.rule,
        [("file", .text(file)), ("line", .number(place.line)), ("column", .number(place.column))])
    }
  }

  mutating func endFile() { fileCount += 1 }

  /// Scans the strings of an event's payload.
  mutating func add(_ event: Event, _ scanner: SecretScanner) {
    eventCount += 1
    // What is encrypted looks like anything.
    if event.envelope.type == EventType.payload_sealed.name { return }
    guard let payload = event.payload, let document = try? JSONDocument(parsing: payload) else {
      return
    }
    document.forEachText(of: document.root) { text in
      let bytes = document.textBytes(text.node)
      let name = text.name.flatMap { document.stringBytes($0) }
      let findings = scanner.findings(in: bytes, memberName: name)
      for finding in findings {
        // A name may be a secret itself.
        let pointer = scanner.erasing(document.pointer(to: text.node))
        print(
          "\(event.position.rawValue) \(pointer)", rule: finding.rule,
          [
            ("position", .number(Int(clamping: event.position.rawValue))),
            ("id", .text(event.envelope.eventID.description)), ("pointer", .text(pointer)),
          ])
      }
    }
  }

  private enum Value {
    case text(String)
    case number(Int)
  }

  private mutating func print(_ place: String, rule: String, _ fields: [(String, Value)]) {
    findingCount += 1
    guard console.isJSON else {
      console.output.line("\(SafeText.escaped(place)): \(console.style(.bad, rule))")
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    for (key, value) in fields {
      writer.key(key)
      switch value {
      case .text(let text): writer.string(text)
      case .number(let number): writer.int(number)
      }
    }
    writer.key("rule")
    writer.string(rule)
    writer.endObject()
    console.output.json(writer.bytes)
  }
}
