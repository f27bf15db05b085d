package import Bytes
package import Events
internal import JSON
internal import Pipeline

/// Values that a draft gets when its line does not say otherwise.
package struct DraftDefaults: Sendable {
  package var runID: ULID?
  package var source = ""
  package var labels: [Label] = []
  package var correlationID: String?
  package var causationID: ULID?

  package init() {}
}

extension Draft {
  /// Reads one JSONL line: `{"type", "payload", "run_id"?, …}`.
  package init(line bytes: [UInt8], number: Int?, defaults: DraftDefaults) throws(LogError) {
    do throws(LogError) {
      let document: JSONDocument
      do { document = try JSONDocument(parsing: bytes) } catch {
        throw LogError(.badInput, error.message, pointer: error.pointer)
      }
      let reader = DraftReader(document: document)
      var draft = try reader.start()
      try reader.fill(&draft, defaults)
      draft.line = number
      self = draft
    } catch {
      throw error.at(line: number)
    }
  }
}

/// The fields of a draft, in the order that errors list them in.
private enum DraftField: UInt8, CaseIterable {
  case type, payload, event_id, key, labels, run_id, stream, ts, source, severity, correlation_id
  case causation_id, reverses, expect, redacted

  /// The field's name, without making a string.
  var text: StaticString {
    switch self {
    case .type: "type"
    case .payload: "payload"
    case .event_id: "event_id"
    case .key: "key"
    case .labels: "labels"
    case .run_id: "run_id"
    case .stream: "stream"
    case .ts: "ts"
    case .source: "source"
    case .severity: "severity"
    case .correlation_id: "correlation_id"
    case .causation_id: "causation_id"
    case .reverses: "reverses"
    case .expect: "expect"
    case .redacted: "redacted"
    }
  }

  var name: String { text.description }

  /// The longest name.
  static let byteCountMax = 14
  /// The names as numbers, in the order of the cases: all are compared with each key.
  static let numbers = allCases.map { number(Array($0.name.utf8).span) }

  /// A number that no other text of at most 14 bytes has.
  static func number(_ text: Span<UInt8>) -> UInt128 {
    var number = UInt128(truncatingIfNeeded: text.count) << 112
    var index = 0
    while index &+ 4 <= text.count {
      // Inside: the loop asked for four bytes.
      let word = unsafe text.bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: index, as: UInt32.self)
      number |= UInt128(UInt32(littleEndian: word)) &<< UInt128(index &* 8)
      index &+= 4
    }
    while index < text.count {
      number |= UInt128(text[index]) &<< UInt128(index &* 8)
      index &+= 1
    }
    return number
  }
}

/// Takes a draft's fields from a JSON object, refusing what it does not know.
private struct DraftReader {
  let document: JSONDocument

  /// A draft with nothing but what it must have.
  func start() throws(LogError) -> Draft {
    let root = document.root
    guard document.kind(root) == .object else {
      throw LogError(
        .badInput, "a draft is a JSON object", expected: #"{"type": …, "payload": {…}}"#,
        actual: "\(document.kind(root))")
    }
    var type: String?
    if let node = document.member(root, "type") { type = try text(.type, node) }
    guard let type, let payload = document.member(root, "payload") else {
      throw LogError(
        .badInput, "a draft needs a type and a payload",
        expected: #"{"type": "note", "payload": {"text": "…"}}"#)
    }
    return Draft(type: type, payload: Payload(document, payload))
  }

  /// Takes all other fields, and where there are none the defaults.
  func fill(_ draft: inout Draft, _ defaults: DraftDefaults) throws(LogError) {
    draft.runID = defaults.runID
    draft.source = defaults.source
    draft.labels = defaults.labels
    draft.correlationID = defaults.correlationID
    draft.causationID = defaults.causationID
    guard var key = document.firstChild(document.root) else { return }
    for _ in 0..<document.count(document.root) {
      let value = document.next(key)
      guard let field = field(key) else {
        let name = document.string(key) ?? ""
        throw LogError(
          .badInput, "a draft has no field \"\(name)\"",
          allowed: DraftField.allCases.map(\.name), pointer: "/\(name)")
      }
      try take(field, value, into: &draft)
      key = document.next(value)
    }
  }

  /// The field of a key; nil when there is none of that name.
  private func field(_ key: JSONNode) -> DraftField? {
    if document.isEscaped(key) {
      return DraftField.allCases.first { document.equals(key, $0.text) }
    }
    let content = document.content(key)
    guard content.count <= DraftField.byteCountMax else { return nil }
    let number = DraftField.number(document.bytes.span.extracting(content))
    for index in DraftField.numbers.indices where DraftField.numbers[index] == number {
      return DraftField(rawValue: UInt8(index))
    }
    return nil
  }

  /// Takes one field.
  private func take(
    _ field: DraftField, _ value: JSONNode, into draft: inout Draft
  ) throws(LogError) {
    switch field {
    case .type, .payload: break
    case .event_id: draft.eventID = try ulid(field, value)
    case .run_id: draft.runID = try ulid(field, value)
    case .causation_id: draft.causationID = try ulid(field, value)
    case .reverses: draft.reverses = try ulid(field, value)
    case .key: draft.key = try key(value)
    case .stream: draft.stream = try text(field, value)
    case .source: draft.source = try text(field, value)
    case .correlation_id: draft.correlationID = try text(field, value)
    case .ts: draft.time = try time(value)
    case .severity:
      let word = try text(field, value)
      guard let severity = Severity(word) else {
        throw LogError(
          .badInput, "\"\(word)\" is no severity", allowed: Severity.allCases.map(\.name),
          pointer: "/severity")
      }
      draft.severity = severity
    case .expect:
      guard let revision = document.int64(value), revision >= 0 else {
        throw LogError(
          .badInput, "expect is a stream's revision", expected: "a whole number from 0",
          pointer: "/expect")
      }
      draft.expect = UInt64(revision)
    case .redacted:
      guard let isRedacted = document.bool(value) else {
        throw LogError(.badInput, "redacted is true or false", pointer: "/redacted")
      }
      // An export of an event whose secrets were taken out: it holds markers.
      if isRedacted { draft.flags.formUnion(.masked) }
    case .labels:
      let own = try labels(value)
      // The line's own word counts.
      draft.labels.removeAll { label in own.contains { $0.key == label.key } }
      draft.labels += own
    }
  }

  private func time(_ value: JSONNode) throws(LogError) -> Timestamp {
    if !document.isEscaped(value),
      let time = Timestamp(document.bytes.span.extracting(document.content(value)))
    {
      return time
    }
    return try Timestamp.parse(try text(.ts, value), field: DraftField.ts.name)
  }

  /// An empty key is a variable that was not set: it would be one key for all.
  private func key(_ value: JSONNode) throws(LogError) -> String {
    let key = try text(.key, value)
    guard !key.isEmpty else {
      throw LogError(
        .badInput, "key is empty", expected: "1 to \(Limits.keyByteCount) bytes", pointer: "/key",
        hint: "Leave key out for no key")
    }
    return key
  }

  private func text(_ field: DraftField, _ value: JSONNode) throws(LogError) -> String {
    guard let text = document.string(value) else {
      throw LogError(
        .badInput, "\(field.name) has the wrong type", expected: "a string",
        actual: "\(document.kind(value))", pointer: "/\(field.name)")
    }
    return text
  }

  private func ulid(_ field: DraftField, _ value: JSONNode) throws(LogError) -> ULID {
    if document.kind(value) == .string, !document.isEscaped(value),
      let id = ULID(document.bytes.rawSpan.extracting(document.content(value)))
    {
      return id
    }
    return try ULID.parse(try text(field, value), field: field.name)
  }

  private func labels(_ value: JSONNode) throws(LogError) -> [Label] {
    guard document.kind(value) == .object else {
      throw LogError(
        .badInput, "labels has the wrong type", expected: "an object of strings",
        actual: "\(document.kind(value))", pointer: "/labels")
    }
    var labels: [Label] = []
    var isText = true
    document.forEachMember(value) { key, value in
      guard let key = document.string(key), let value = document.string(value) else {
        isText = false
        return
      }
      labels.append(Label(key: key, value: value))
    }
    guard isText else {
      throw LogError(.badInput, "a label's value is a string", pointer: "/labels")
    }
    return labels
  }
}

extension Timestamp {
  /// Parses a moment, or says what is wrong with it.
  package static func parse(_ text: String, field: String) throws(LogError) -> Timestamp {
    if let time = Timestamp(text) { return time }
    let shown = text.utf8.count > 60 ? "\(text.prefix(60))…" : text
    let isFar = Timestamp(nearEndOf: text) != nil
    throw LogError(
      .badInput, "\(field) \"\(shown)\" is \(isFar ? "out of range" : "no time")",
      expected: isFar
        ? "\(Timestamp(nanoseconds: .min)) to \(Timestamp(nanoseconds: .max))"
        : "RFC 3339, like 2026-11-22T15:04:05Z",
      pointer: "/\(field)")
  }
}

extension ULID {
  /// Parses an identifier, or says what is wrong with it.
  package static func parse(_ text: String, field: String) throws(LogError) -> ULID {
    if let id = ULID(text) { return id }
    let shown = text.utf8.count > 60 ? "\(text.prefix(60))…" : text
    let isSmall = ULID(text.uppercased()) != nil
    throw LogError(
      .badInput, "\(field) \"\(shown)\" is no ULID",
      expected: "26 characters 0-9 A-Z without I L O U, the first 0-7",
      actual: isSmall ? "small letters" : "\(text.utf8.count) characters", pointer: "/\(field)")
  }
}
