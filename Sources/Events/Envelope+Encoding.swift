package import Bytes

extension Envelope {
  /// The bytes that are stored and hashed; nil when a text is too long for its field, or all are
  /// for a record.
  ///
  /// - Parameter room: so many bytes more can be added without another allocation.
  package func encoded(room: Int = 0) -> [UInt8]? {
    guard fitsFormat, let total = UInt16(exactly: encodedByteCount) else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(Int(total) + room)
    let front = front(total)
    unsafe front.span.bytes.withUnsafeBytes {
      unsafe out.append(contentsOf: $0[..<EnvelopeLayout.commitment])
    }
    unsafe commitment.withUnsafeBytes { unsafe out.append(contentsOf: $0) }
    out.append(shortText: type)
    out.append(shortText: stream.bytes)
    out.append(shortText: source)
    appendOptionalFields(to: &out)
    return out
  }

  /// All fields before the commitment, put together in registers: an array grows with a call for
  /// each of them.
  private func front(_ byteCount: UInt16) -> InlineArray<11, UInt64> {
    let kind = UInt64(EnvelopeLayout.version) | UInt64(severity.rawValue) << 8
    let counts = UInt64(byteCount) << 32 | UInt64(presence.rawValue) << 48
    return [
      (kind | UInt64(flags.rawValue) << 16 | counts | UInt64(verdict) << 56).littleEndian,
      eventID.high.bigEndian, eventID.low.bigEndian, revision.littleEndian,
      previousInStream.rawValue.littleEndian, previousInRun.rawValue.littleEndian,
      UInt64(bitPattern: time.nanoseconds).littleEndian,
      UInt64(bitPattern: recordedAt.nanoseconds).littleEndian, schemaDigest.littleEndian,
      settingsDigest.littleEndian, UInt64(payloadByteCount).littleEndian,
    ]
  }

  private var encodedByteCount: Int {
    var count = EnvelopeLayout.texts + 3 + type.utf8.count + stream.bytes.count
    count += source.utf8.count
    if runID != nil { count += 16 }
    if causationID != nil { count += 16 }
    if reverses != nil { count += 16 }
    if let correlationID { count += 1 + correlationID.utf8.count }
    if let key { count += 1 + key.utf8.count }
    if !labels.isEmpty { count += 1 }
    for label in labels { count += 2 + label.key.utf8.count + label.value.utf8.count }
    if masks.count > 0 { count += 3 }
    for note in masks.notes { count += 8 + note.rule.utf8.count + note.pointer.utf8.count }
    return count
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
    if masks.count > 0 {
      out.append(littleEndian: masks.count)
      out.append(UInt8(clamping: masks.notes.count))
      for note in masks.notes {
        out.append(shortText: note.rule)
        out.append(shortText: note.pointer)
        out.append(littleEndian: note.start)
        out.append(note.byteCount)
        out.append(note.length)
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
    if masks.count > 0 { presence.insert(.masks) }
    return presence
  }

  private var fitsFormat: Bool {
    type.utf8.count <= 255 && stream.bytes.count <= 255 && source.utf8.count <= 255
      && (correlationID?.utf8.count ?? 0) <= 255 && (key?.utf8.count ?? 0) <= 255
      && labels.count <= 255
      && labels.allSatisfy { $0.key.utf8.count <= 255 && $0.value.utf8.count <= 255 }
      && masks.fitFormat
  }
}

extension Masks {
  fileprivate var fitFormat: Bool {
    notes.count <= Self.noteCountMax && notes.count <= Int(count)
      && notes.allSatisfy { $0.rule.utf8.count <= 255 && $0.pointer.utf8.count <= 255 }
  }
}
