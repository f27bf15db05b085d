package import Bytes
internal import Merkle

/// An envelope read in place: numbers are loaded, texts are ranges of the bytes behind them.
///
/// Decoding is total: damaged bytes give nil, never a trap.
package struct EnvelopeView: ~Escapable {
  /// The envelope's bytes, exactly: what the leaf hash covers.
  package let bytes: RawSpan
  package let severity: Severity
  package let flags: EventFlags
  package let verdict: UInt8
  package let eventID: ULID
  package let revision: UInt64
  package let previousInStream: Position
  package let previousInRun: Position
  package let time: Timestamp
  package let recordedAt: Timestamp
  package let schemaDigest: UInt64
  package let settingsDigest: UInt64
  package let payloadByteCount: Int
  package let typeRange: Range<Int>
  package let streamRange: Range<Int>
  package let sourceRange: Range<Int>
  package let runID: ULID?
  package let causationID: ULID?
  package let reverses: ULID?
  package let correlationRange: Range<Int>?
  package let keyRange: Range<Int>?
  /// The labels' count byte and pairs; empty when there are none.
  package let labelsRange: Range<Int>
  /// The notes of what was masked, from their count on; empty when there are none.
  package let masksRange: Range<Int>

  /// Reads the envelope at the start of `record`; nil when it is not one of version 1.
  @_lifetime(copy record)
  package init?(_ record: RawSpan) {
    var reader = ByteReader(record)
    guard reader.integer(UInt8.self) == EnvelopeLayout.version,
      let severity = Severity(rawValue: reader.integer(UInt8.self))
    else { return nil }
    let flags = EventFlags(rawValue: reader.integer(UInt16.self))
    let byteCount = Int(reader.integer(UInt16.self))
    let presence = Presence(rawValue: reader.integer(UInt8.self))
    verdict = reader.integer(UInt8.self)
    eventID = reader.ulid()
    revision = reader.integer(UInt64.self)
    previousInStream = Position(reader.integer(UInt64.self))
    previousInRun = Position(reader.integer(UInt64.self))
    time = Timestamp(nanoseconds: reader.integer(Int64.self))
    recordedAt = Timestamp(nanoseconds: reader.integer(Int64.self))
    schemaDigest = reader.integer(UInt64.self)
    settingsDigest = reader.integer(UInt64.self)
    payloadByteCount = Int(reader.integer(UInt32.self))
    reader.skip(32)
    typeRange = reader.shortTextRange()
    streamRange = reader.shortTextRange()
    sourceRange = reader.shortTextRange()
    runID = presence.contains(.run) ? reader.ulid() : nil
    causationID = presence.contains(.causation) ? reader.ulid() : nil
    reverses = presence.contains(.reverses) ? reader.ulid() : nil
    correlationRange = presence.contains(.correlation) ? reader.shortTextRange() : nil
    keyRange = presence.contains(.key) ? reader.shortTextRange() : nil
    let labelsStart = reader.offset
    if presence.contains(.labels) {
      for _ in 0..<(2 * Int(reader.integer(UInt8.self))) { _ = reader.shortTextRange() }
    }
    labelsRange = labelsStart..<reader.offset
    let masksStart = reader.offset
    if presence.contains(.masks) {
      let count = Int(reader.integer(UInt16.self))
      let noteCount = Int(reader.integer(UInt8.self))
      guard count > 0, noteCount <= min(count, Masks.noteCountMax) else { return nil }
      for _ in 0..<noteCount {
        _ = reader.shortTextRange()
        _ = reader.shortTextRange()
        reader.skip(6)
      }
    }
    masksRange = masksStart..<reader.offset
    guard !reader.failed, reader.offset == byteCount, presence.isSubset(of: .all),
      !typeRange.isEmpty, !streamRange.isEmpty
    else { return nil }
    self.severity = severity
    self.flags = flags
    bytes = record.extracting(0..<byteCount)
  }

  /// The commitment to the payload.
  package var commitment: Digest {
    Digest(text(EnvelopeLayout.commitment..<EnvelopeLayout.texts)) ?? Digest()
  }

  /// The event's leaf in the log's tree.
  package var leaf: Digest { TreeHash.leaf(bytes) }

  /// The bytes of one of the ranges.
  package func text(_ range: Range<Int>) -> [UInt8] {
    var reader = ByteReader(bytes)
    reader.skip(range.lowerBound)
    return reader.array(range.count)
  }

  package func string(_ range: Range<Int>) -> String {
    String(decoding: text(range), as: UTF8.self)
  }

  /// Whether these are the bytes of one of the ranges.
  package func has(_ text: [UInt8], at range: Range<Int>) -> Bool {
    guard text.count == range.count else { return false }
    for (index, byte) in zip(range, text)
    where unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) != byte {
      return false
    }
    return true
  }

  package var labels: [Label] {
    guard !labelsRange.isEmpty else { return [] }
    var reader = ByteReader(bytes)
    reader.skip(labelsRange.lowerBound)
    let count = Int(reader.integer(UInt8.self))
    var labels: [Label] = []
    for _ in 0..<count {
      let key = String(decoding: reader.shortText(), as: UTF8.self)
      labels.append(Label(key: key, value: String(decoding: reader.shortText(), as: UTF8.self)))
    }
    return labels
  }

  /// What was masked in the payload.
  package var masks: Masks {
    var masks = Masks()
    guard !masksRange.isEmpty else { return masks }
    var reader = ByteReader(bytes)
    reader.skip(masksRange.lowerBound)
    masks.count = reader.integer(UInt16.self)
    for _ in 0..<Int(reader.integer(UInt8.self)) {
      let rule = String(decoding: reader.shortText(), as: UTF8.self)
      let pointer = String(decoding: reader.shortText(), as: UTF8.self)
      masks.notes.append(
        Masks.Note(
          rule: rule, pointer: pointer, start: reader.integer(UInt32.self),
          byteCount: reader.integer(UInt8.self), length: reader.integer(UInt8.self)))
    }
    return masks
  }

  /// The envelope as a value of its own.
  package var owned: Envelope {
    var envelope = Envelope(
      eventID: eventID, type: string(typeRange), stream: Name(stored: text(streamRange)),
      time: time, recordedAt: recordedAt)
    envelope.schemaDigest = schemaDigest
    envelope.revision = revision
    envelope.previousInStream = previousInStream
    envelope.previousInRun = previousInRun
    envelope.runID = runID
    envelope.source = string(sourceRange)
    envelope.severity = severity
    envelope.labels = labels
    envelope.causationID = causationID
    envelope.correlationID = correlationRange.map { string($0) }
    envelope.reverses = reverses
    envelope.key = keyRange.map { string($0) }
    envelope.flags = flags
    envelope.masks = masks
    envelope.verdict = verdict
    envelope.settingsDigest = settingsDigest
    envelope.payloadByteCount = UInt32(clamping: payloadByteCount)
    envelope.commitment = commitment
    return envelope
  }
}

extension ByteReader {
  /// Skips a text behind a one-byte length and tells where it is.
  @_lifetime(self: copy self)
  @inline(__always)
  fileprivate mutating func shortTextRange() -> Range<Int> {
    let count = Int(integer(UInt8.self))
    let start = offset
    skip(count)
    return start..<(failed ? start : offset)
  }
}
