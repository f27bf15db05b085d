package import Bytes

extension Envelope {
  /// The bytes that are stored and hashed; nil when a text is too long for its field, or all are
  /// for a record.
  package func encoded() -> [UInt8]? {
    guard fitsFormat else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(512)
    out.append(EnvelopeLayout.version)
    out.append(severity.rawValue)
    out.append(littleEndian: flags.rawValue)
    out.append(littleEndian: UInt16(0))
    out.append(presence.rawValue)
    out.append(verdict)
    out.append(eventID)
    out.append(littleEndian: revision)
    out.append(littleEndian: previousInStream.rawValue)
    out.append(littleEndian: previousInRun.rawValue)
    out.append(littleEndian: time.nanoseconds)
    out.append(littleEndian: recordedAt.nanoseconds)
    out.append(littleEndian: schemaDigest)
    out.append(littleEndian: settingsDigest)
    out.append(littleEndian: payloadByteCount)
    unsafe commitment.withUnsafeBytes { unsafe out.append(contentsOf: $0) }
    out.append(shortText: type)
    out.append(shortText: stream.bytes)
    out.append(shortText: source)
    appendOptionalFields(to: &out)
    guard let byteCount = UInt16(exactly: out.count) else { return nil }
    out[EnvelopeLayout.byteCount] = UInt8(truncatingIfNeeded: byteCount)
    out[EnvelopeLayout.byteCount + 1] = UInt8(truncatingIfNeeded: byteCount >> 8)
    return out
  }

  /// What only the log knows of an event.
  package struct Stamp {
    package var flags: EventFlags
    package var verdict: UInt8
    package var revision: UInt64 = 0
    package var previousInStream = Position.none
    package var previousInRun = Position.none
    package var recordedAt: Timestamp

    package init(flags: EventFlags, verdict: UInt8, recordedAt: Timestamp) {
      self.flags = flags
      self.verdict = verdict
      self.recordedAt = recordedAt
    }

    /// Writes these fields into an encoded envelope.
    package func put(into bytes: inout [UInt8]) {
      put(UInt64(flags.rawValue), 2, at: EnvelopeLayout.flags, &bytes)
      put(UInt64(verdict), 1, at: EnvelopeLayout.verdict, &bytes)
      put(revision, 8, at: EnvelopeLayout.revision, &bytes)
      put(previousInStream.rawValue, 8, at: EnvelopeLayout.previousInStream, &bytes)
      put(previousInRun.rawValue, 8, at: EnvelopeLayout.previousInRun, &bytes)
      put(UInt64(bitPattern: recordedAt.nanoseconds), 8, at: EnvelopeLayout.recordedAt, &bytes)
    }

    private func put(_ value: UInt64, _ count: Int, at offset: Int, _ bytes: inout [UInt8]) {
      var rest = value
      for index in offset..<offset + count where index < bytes.count {
        bytes[index] = UInt8(truncatingIfNeeded: rest)
        rest >>= 8
      }
    }
  }

  private func appendOptionalFields(to out: inout [UInt8]) {
    if let runID { out.append(runID) }
    if let causationID { out.append(causationID) }
    if let reverses { out.append(reverses) }
    if let correlationID { out.append(shortText: correlationID) }
    if let key { out.append(shortText: key) }
    if !labels.isEmpty {
      out.append(UInt8(clamping: labels.count))
      for label in labels {
        out.append(shortText: label.key)
        out.append(shortText: label.value)
      }
    }
  }

  private var presence: Presence {
    var presence: Presence = []
    if runID != nil { presence.insert(.run) }
    if causationID != nil { presence.insert(.causation) }
    if reverses != nil { presence.insert(.reverses) }
    if correlationID != nil { presence.insert(.correlation) }
    if key != nil { presence.insert(.key) }
    if !labels.isEmpty { presence.insert(.labels) }
    return presence
  }

  private var fitsFormat: Bool {
    type.utf8.count <= 255 && stream.bytes.count <= 255 && source.utf8.count <= 255
      && (correlationID?.utf8.count ?? 0) <= 255 && (key?.utf8.count ?? 0) <= 255
      && labels.count <= 255
      && labels.allSatisfy { $0.key.utf8.count <= 255 && $0.value.utf8.count <= 255 }
  }
}
