internal import Patterns

/// The formats of draft-07 that are checked.
enum Format: String, CaseIterable, Sendable {
  case dateTime = "date-time"
  case date, time, regex, uri
  case uriReference = "uri-reference"
  case email, hostname, ipv4, ipv6
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"

  /// The formats of draft-07 that are annotations only.
  static let annotations: Set<String> = [
    "idn-email", "idn-hostname", "iri", "iri-reference", "uri-template",
  ]

  static let all = allCases

  /// The place in `all`.
  var number: Int { Self.all.firstIndex(of: self) ?? 0 }

  /// Whether UTF-8 text is of the format.
  func accepts(_ text: Span<UInt8>) -> Bool {
    var reader = FormatReader(text)
    switch self {
    case .dateTime: return reader.dateTime()
    case .date: return reader.date() && reader.isAtEnd
    case .time: return reader.time() && reader.isAtEnd
    case .regex: return Self.isRegex(text)
    case .uri: return reader.uri(needsScheme: true)
    case .uriReference: return reader.uri(needsScheme: false)
    case .email: return reader.email()
    case .hostname: return reader.hostname(until: text.count)
    case .ipv4: return reader.ipv4() && reader.isAtEnd
    case .ipv6: return reader.ipv6(until: text.count)
    case .jsonPointer: return reader.jsonPointer()
    case .relativeJSONPointer: return reader.relativeJSONPointer()
    }
  }

  private static func isRegex(_ text: Span<UInt8>) -> Bool {
    var bytes: [UInt8] = []
    for index in text.indices { bytes.append(text[index]) }
    return Pattern.syntaxError(in: String(decoding: bytes, as: UTF8.self)) == nil
  }
}
