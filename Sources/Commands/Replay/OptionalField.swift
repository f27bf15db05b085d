internal import Bytes
internal import Events
internal import JSON

/// What an envelope may lack, in the order in which it is printed.
enum OptionalField: Sendable {
  case run, source, key, correlation, causation, reverses, labels

  static let all: [OptionalField] = [
    .run, .source, .key, .correlation, .causation, .reverses, .labels,
  ]

  /// The member of a draft.
  var name: StaticString {
    switch self {
    case .run: "run_id"
    case .source: "source"
    case .key: "key"
    case .correlation: "correlation_id"
    case .causation: "causation_id"
    case .reverses: "reverses"
    case .labels: "labels"
    }
  }

  /// The extension attribute of CloudEvents, lower-case letters and digits only; nil for what they
  /// leave out.
  var attribute: String? {
    switch self {
    case .run: "runid"
    case .source: "producer"
    case .correlation: "correlationid"
    case .causation: "causationid"
    case .key, .reverses, .labels: nil
    }
  }

  func isPresent(in envelope: borrowing EnvelopeView) -> Bool {
    switch self {
    case .run: envelope.runID != nil
    case .source: !envelope.sourceRange.isEmpty
    case .key: envelope.keyRange != nil
    case .correlation: envelope.correlationRange != nil
    case .causation: envelope.causationID != nil
    case .reverses: envelope.reverses != nil
    case .labels: !envelope.labelsRange.isEmpty
    }
  }

  /// Appends the value as JSON; nothing when it is not there.
  func render(_ envelope: borrowing EnvelopeView, to out: inout [UInt8]) {
    switch self {
    case .run: if let id = envelope.runID { out.put(quoted: id) }
    case .source: out.put(quoted: envelope, envelope.sourceRange)
    case .key: if let range = envelope.keyRange { out.put(quoted: envelope, range) }
    case .correlation:
      if let range = envelope.correlationRange { out.put(quoted: envelope, range) }
    case .causation: if let id = envelope.causationID { out.put(quoted: id) }
    case .reverses: if let id = envelope.reverses { out.put(quoted: id) }
    case .labels:
      var writer = JSONWriter()
      writer.beginObject()
      for label in envelope.labels { writer.member(label.key, label.value) }
      writer.endObject()
      out += writer.bytes
    }
  }
}

extension [UInt8] {
  /// Appends a literal.
  mutating func put(_ text: StaticString) {
    unsafe append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func put(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  mutating func put(_ id: ULID) { append(text: id) }

  /// Appends an identifier in quotes.
  mutating func put(quoted id: ULID) {
    append(0x22)
    append(text: id)
    append(0x22)
  }

  /// Appends a text of the envelope in quotes.
  mutating func put(quoted envelope: borrowing EnvelopeView, _ range: Range<Int>) {
    JSONWriter.appendQuoted(envelope.bytes.extracting(range), to: &self)
  }
}
