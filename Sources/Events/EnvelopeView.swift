package import Bytes
internal import Merkle

/// An envelope read in place: numbers are loaded when they are asked for, texts are ranges of the
/// bytes behind them.
///
/// Decoding is total: damaged bytes give nil, never a trap.
package struct EnvelopeView: ~Escapable {
  /// The envelope's bytes, exactly: what the leaf hash covers.
  package let bytes: RawSpan
  package let severity: Severity
  private let presence: Presence
  // Where texts end; each begins behind the one before it.
  private let typeEnd: UInt16
  private let streamEnd: UInt16
  private let sourceEnd: UInt16
  private let correlationEnd: UInt16
  private let keyEnd: UInt16
  private let labelsEnd: UInt16

  /// Reads the envelope at the start of `record`; nil when it is not one of version 1.
  @_lifetime(copy record)
  package init?(_ record: RawSpan) {
    guard record.byteCount > EnvelopeLayout.texts,
      record.load(0, as: UInt8.self) == EnvelopeLayout.version,
      let severity = Severity(rawValue: record.load(EnvelopeLayout.severity, as: UInt8.self))
    else { return nil }
    let byteCount = Int(record.load(EnvelopeLayout.byteCount, as: UInt16.self))
    let presence = Presence(rawValue: record.load(EnvelopeLayout.presence, as: UInt8.self))
    guard byteCount <= record.byteCount, byteCount > EnvelopeLayout.texts,
      presence.isSubset(of: .all)
    else { return nil }
    let bytes = record.extracting(0..<byteCount)
    var walk = TextWalk(bytes, at: EnvelopeLayout.texts)
    typeEnd = walk.skipText()
    streamEnd = walk.skipText()
    sourceEnd = walk.skipText()
    walk.skip(presence.idByteCount)
    correlationEnd = presence.contains(.correlation) ? walk.skipText() : walk.place
    keyEnd = presence.contains(.key) ? walk.skipText() : walk.place
    if presence.contains(.labels) { walk.skipLabels() }
    labelsEnd = walk.place
    if presence.contains(.masks) { walk.skipMasks() }
    guard !walk.hasFailed, walk.offset == byteCount,
      Int(typeEnd) > EnvelopeLayout.texts + 1, streamEnd > typeEnd + 1
    else { return nil }
    self.bytes = bytes
    self.severity = severity
    self.presence = presence
  }

  package var flags: EventFlags {
    EventFlags(rawValue: bytes.load(EnvelopeLayout.flags, as: UInt16.self))
  }
  package var verdict: UInt8 { bytes.load(EnvelopeLayout.verdict, as: UInt8.self) }
  package var eventID: ULID { bytes.ulid(EnvelopeLayout.eventID) }
  package var revision: UInt64 { bytes.load(EnvelopeLayout.revision, as: UInt64.self) }
  package var previousInStream: Position {
    Position(bytes.load(EnvelopeLayout.previousInStream, as: UInt64.self))
  }
  package var previousInRun: Position {
    Position(bytes.load(EnvelopeLayout.previousInRun, as: UInt64.self))
  }
  package var time: Timestamp {
    Timestamp(nanoseconds: bytes.load(EnvelopeLayout.time, as: Int64.self))
  }
  package var recordedAt: Timestamp {
    Timestamp(nanoseconds: bytes.load(EnvelopeLayout.recordedAt, as: Int64.self))
  }
  package var schemaDigest: UInt64 { bytes.load(EnvelopeLayout.schemaDigest, as: UInt64.self) }
  package var settingsDigest: UInt64 {
    bytes.load(EnvelopeLayout.settingsDigest, as: UInt64.self)
  }
  package var payloadByteCount: Int {
    Int(bytes.load(EnvelopeLayout.payloadByteCount, as: UInt32.self))
  }

  package var typeRange: Range<Int> { EnvelopeLayout.texts + 1..<Int(typeEnd) }
  package var streamRange: Range<Int> { Int(typeEnd) + 1..<Int(streamEnd) }
  package var sourceRange: Range<Int> { Int(streamEnd) + 1..<Int(sourceEnd) }

  package var runID: ULID? { id(.run, after: []) }
  package var causationID: ULID? { id(.causation, after: .run) }
  package var reverses: ULID? { id(.reverses, after: [.run, .causation]) }

  package var correlationRange: Range<Int>? {
    guard presence.contains(.correlation) else { return nil }
    return Int(sourceEnd) + presence.idByteCount + 1..<Int(correlationEnd)
  }
  package var keyRange: Range<Int>? {
    guard presence.contains(.key) else { return nil }
    return Int(correlationEnd) + 1..<Int(keyEnd)
  }
  /// The labels' count byte and pairs; empty when there are none.
  package var labelsRange: Range<Int> { Int(keyEnd)..<Int(labelsEnd) }
  /// The notes of what was masked, from their count on; empty when there are none.
  package var masksRange: Range<Int> { Int(labelsEnd)..<bytes.byteCount }

  private func id(_ which: Presence, after earlier: Presence) -> ULID? {
    guard presence.contains(which) else { return nil }
    return bytes.ulid(Int(sourceEnd) + presence.intersection(earlier).idByteCount)
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
    text.count == range.count && Name.areEqual(bytes.extracting(range), text.rawSpan)
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

extension Presence {
  /// How many bytes the identifiers take that there are.
  fileprivate var idByteCount: Int {
    16 * intersection([.run, .causation, .reverses]).rawValue.nonzeroBitCount
  }
}

extension RawSpan {
  /// A little-endian number at a place that was checked to be inside.
  @inline(__always)
  fileprivate func load<T: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, as type: T.Type
  ) -> T {
    T(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  @inline(__always)
  fileprivate func ulid(_ offset: Int) -> ULID {
    ULID(
      high: load(offset, as: UInt64.self).byteSwapped,
      low: load(offset + 8, as: UInt64.self).byteSwapped)
  }
}

/// Goes over the fields that have no fixed length, and notes when one does not fit.
private struct TextWalk: ~Escapable {
  private let bytes: RawSpan
  private(set) var offset: Int
  private(set) var hasFailed = false

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, at offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The offset, in so many bits as an envelope's length has.
  var place: UInt16 { UInt16(truncatingIfNeeded: offset) }

  @_lifetime(self: copy self)
  @inline(__always)
  mutating func skip(_ count: Int) {
    if count <= bytes.byteCount &- offset { offset &+= count } else { hasFailed = true }
  }

  /// Goes over a text behind a one-byte length and tells where it ends.
  @_lifetime(self: copy self)
  @inline(__always)
  mutating func skipText() -> UInt16 {
    skip(1 + Int(byte))
    return place
  }

  @_lifetime(self: copy self)
  mutating func skipLabels() {
    let count = Int(byte)
    skip(1)
    for _ in 0..<2 * count where !hasFailed { _ = skipText() }
  }

  @_lifetime(self: copy self)
  mutating func skipMasks() {
    guard bytes.byteCount &- offset >= 3 else { return hasFailed = true }
    let count = Int(bytes.load(offset, as: UInt16.self))
    let noteCount = Int(bytes.load(offset + 2, as: UInt8.self))
    skip(3)
    guard count > 0, noteCount <= min(count, Masks.noteCountMax) else { return hasFailed = true }
    for _ in 0..<noteCount where !hasFailed {
      _ = skipText()
      _ = skipText()
      skip(6)
    }
  }

  /// The byte at hand; 0 past the end, where nothing can be gone over either.
  private var byte: UInt8 { offset < bytes.byteCount ? bytes.load(offset, as: UInt8.self) : 0 }
}
