internal import Bytes

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
