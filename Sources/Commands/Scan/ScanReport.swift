internal import Bytes
internal import Events
internal import JSON
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

  /// Scans a file; lines and columns count from 1, columns in bytes.
  mutating func add(file: String, _ bytes: [UInt8], _ scanner: SecretScanner) {
    fileCount += 1
    var line = 1
    var lineStart = 0
    var index = 0
    for finding in scanner.findings(in: bytes) {
      while index < finding.range.lowerBound {
        if bytes[index] == UInt8(ascii: "\n") {
          line += 1
          lineStart = index + 1
        }
        index += 1
      }
      let column = finding.range.lowerBound - lineStart + 1
      print(
        "\(file):\(line):\(column)", rule: finding.rule,
        [("file", .text(file)), ("line", .number(line)), ("column", .number(column))])
    }
  }

  /// Scans the strings of an event's payload.
  mutating func add(_ event: Event, _ scanner: SecretScanner) {
    eventCount += 1
    guard let payload = event.payload, let document = try? JSONDocument(parsing: payload) else {
      return
    }
    let strings = JSONStrings(document)
    strings.forEach { text, name, pointer in
      let findings =
        if let name {
          scanner.findings(in: text.span, memberName: name.span)
        } else {
          scanner.findings(in: text)
        }
      for finding in findings {
        let pointer = pointer()
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
