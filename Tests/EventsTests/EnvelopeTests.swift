internal import Bytes
internal import Events
internal import TestSupport
import Testing

extension SeededEntropy {
  /// An envelope with any combination of optional fields and texts of any allowed length.
  mutating func envelope() throws -> Envelope {
    let stream = try #require(Name(word(1...255)))
    var envelope = Envelope(
      eventID: ulid(), type: word(1...255), stream: stream,
      time: Timestamp(nanoseconds: Int64(bitPattern: next())),
      recordedAt: Timestamp(nanoseconds: Int64(bitPattern: next())))
    envelope.schemaDigest = next()
    envelope.settingsDigest = next()
    envelope.revision = next()
    envelope.previousInStream = Position(next())
    envelope.previousInRun = Position(next())
    envelope.source = word(0...255)
    envelope.severity = pick(Severity.allCases) ?? .info
    envelope.flags = EventFlags(rawValue: UInt16(truncatingIfNeeded: next()))
    envelope.verdict = UInt8(truncatingIfNeeded: next())
    envelope.payloadByteCount = UInt32(truncatingIfNeeded: next())
    envelope.commitment = Digest.sha256(of: bytes(8))
    if chance(2) { envelope.runID = ulid() }
    if chance(2) { envelope.causationID = ulid() }
    if chance(2) { envelope.reverses = ulid() }
    if chance(2) { envelope.correlationID = word(0...255) }
    if chance(2) { envelope.key = word(0...255) }
    if chance(2) {
      envelope.labels = (0..<int(0...20)).map { _ in Label(key: word(0...64), value: word(0...64)) }
    }
    return envelope
  }
}

@Suite struct EnvelopeTests {
  @Test func `decoding gives back what was encoded`() throws {
    try forAll(seed: 10, count: 1000) { generator in
      let envelope = try generator.envelope()
      let bytes = try #require(envelope.encoded())
      try #require(decoded(bytes) == envelope)
      // Behind the envelope lie salt and payload: they are not part of it.
      let longer = bytes + generator.bytes(generator.int(0...40))
      try #require(covered(longer) == bytes)
      try #require(decoded(longer) == envelope)
    }
  }

  @Test func `every combination of optional fields survives`() throws {
    for bits in 0..<64 {
      var envelope = Envelope(
        eventID: ULID(high: 1, low: 2), type: "note", stream: try #require(Name("note-log")),
        time: Timestamp(nanoseconds: 3), recordedAt: Timestamp(nanoseconds: 4))
      if bits & 1 != 0 { envelope.runID = ULID(high: 5, low: 6) }
      if bits & 2 != 0 { envelope.causationID = ULID(high: 7, low: 8) }
      if bits & 4 != 0 { envelope.reverses = ULID(high: 9, low: 10) }
      if bits & 8 != 0 { envelope.correlationID = "c" }
      if bits & 16 != 0 { envelope.key = "k" }
      if bits & 32 != 0 {
        envelope.labels = [Label(key: "host", value: "a"), Label(key: "", value: "")]
      }
      let bytes = try #require(envelope.encoded())
      #expect(decoded(bytes) == envelope, "combination \(bits)")
    }
  }

  @Test func `every truncation is refused`() throws {
    try forAll(seed: 11, count: 60) { generator in
      let bytes = try #require(generator.envelope().encoded())
      for count in 0..<bytes.count {
        try #require(!isEnvelope(Array(bytes[..<count])), "\(count) bytes")
      }
    }
  }

  @Test func `damage never traps, and what is read is what lies there`() throws {
    try forAll(seed: 12, count: 300) { generator in
      let bytes = try #require(generator.envelope().encoded())
      for _ in 0..<60 {
        var damaged = bytes
        for _ in 0..<generator.int(1...4) {
          damaged[generator.int(0...(bytes.count - 1))] ^= UInt8(1 << generator.int(0...7))
        }
        guard let view = EnvelopeView(damaged.rawSpan) else { continue }
        // Whatever it is now, its leaf differs.
        let covered = view.bytes.copied
        _ = view.owned.encoded()
        try #require(covered != bytes || damaged == bytes)
      }
    }
  }

  @Test func `noise never traps`() throws {
    try forAll(seed: 13, count: 3000) { generator in
      var noise = generator.bytes(generator.int(0...400))
      if !noise.isEmpty { noise[0] = 1 }
      if noise.count > 6 { noise[4...5] = [UInt8(noise.count & 255), UInt8(noise.count >> 8)] }
      _ = EnvelopeView(noise.rawSpan)?.owned
    }
  }

  @Test func `a text that is too long is not encoded, one of 255 bytes is`() throws {
    func envelope(_ change: (inout Envelope) -> Void) throws -> [UInt8]? {
      var envelope = Envelope(
        eventID: ULID(high: 1, low: 2), type: "note", stream: try #require(Name("s")),
        time: Timestamp(nanoseconds: 0), recordedAt: Timestamp(nanoseconds: 0))
      change(&envelope)
      return envelope.encoded()
    }
    let (fits, tooLong) = (String(repeating: "a", count: 255), String(repeating: "a", count: 256))
    #expect(try envelope { $0.type = fits } != nil)
    #expect(try envelope { $0.type = tooLong } == nil)
    #expect(try envelope { $0.source = fits } != nil)
    #expect(try envelope { $0.source = tooLong } == nil)
    #expect(try envelope { $0.key = fits } != nil)
    #expect(try envelope { $0.key = tooLong } == nil)
    #expect(try envelope { $0.correlationID = fits } != nil)
    #expect(try envelope { $0.correlationID = tooLong } == nil)
    #expect(try envelope { $0.labels = [Label(key: fits, value: fits)] } != nil)
    #expect(try envelope { $0.labels = [Label(key: tooLong, value: "")] } == nil)
    #expect(try envelope { $0.labels = [Label(key: "", value: tooLong)] } == nil)
  }

  @Test func `more labels than an envelope's length can say are not encoded`() throws {
    var envelope = Envelope(
      eventID: ULID(high: 1, low: 2), type: "note", stream: try #require(Name("s")),
      time: Timestamp(nanoseconds: 0), recordedAt: Timestamp(nanoseconds: 0))
    let text = String(repeating: "a", count: 255)
    for count in [100, 127, 128, 129, 200, 255, 256] {
      envelope.labels = (0..<count).map { _ in Label(key: text, value: text) }
      // What can't be read back must not be written.
      if let bytes = envelope.encoded() {
        #expect(decoded(bytes) == envelope, "\(count) labels")
      }
    }
  }

  @Test func `format 1 never changes`() throws {
    let id = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    var envelope = Envelope(
      eventID: id, type: "patch_queued", stream: try #require(Name("patch-é")),
      time: Timestamp(nanoseconds: 1), recordedAt: Timestamp(nanoseconds: -2))
    envelope.schemaDigest = 0x1122_3344_5566_7788
    envelope.settingsDigest = 0x99AA_BBCC_DDEE_FF00
    envelope.revision = 3
    envelope.previousInStream = Position(4)
    envelope.previousInRun = Position(5)
    envelope.source = "test"
    envelope.severity = .error
    envelope.flags = [.late, .masked]
    envelope.verdict = 6
    envelope.payloadByteCount = 7
    envelope.commitment = Digest.sha256(of: Array("abc".utf8))
    envelope.runID = ULID(high: 8, low: 9)
    envelope.causationID = ULID(high: 10, low: 11)
    envelope.reverses = ULID(high: 12, low: 13)
    envelope.correlationID = "corr"
    envelope.key = "key"
    envelope.labels = [Label(key: "host", value: "h")]
    #expect(envelope.encoded().map(hex) == Self.golden)
    #expect(try decoded(bytes(Self.golden)) == envelope)
  }

  /// The envelope of the test above, written down by hand from the description of the format.
  static let golden =
    "01030a00d0003f06"  // version, severity, flags, length 208, presence, verdict
    + "01563e3ab5d3d6764c61efb99302bd5b"  // event id
    + "0300000000000000" + "0400000000000000" + "0500000000000000"  // revision, links
    + "0100000000000000" + "feffffffffffffff"  // times
    + "8877665544332211" + "00ffeeddccbbaa99"  // schema, settings
    + "07000000"  // payload length
    + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  // commitment
    + "0c" + "70617463685f717565756564" + "08" + "70617463682dc3a9" + "04" + "74657374"
    + "00000000000000080000000000000009" + "000000000000000a000000000000000b"
    + "000000000000000c000000000000000d" + "04" + "636f7272" + "03" + "6b6579"
    + "01" + "04" + "686f7374" + "01" + "68"

  private func decoded(_ bytes: [UInt8]) -> Envelope? { EnvelopeView(bytes.rawSpan)?.owned }

  private func covered(_ bytes: [UInt8]) -> [UInt8]? {
    EnvelopeView(bytes.rawSpan)?.bytes.copied
  }

  private func isEnvelope(_ bytes: [UInt8]) -> Bool { decoded(bytes) != nil }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func bytes(_ hex: String) throws -> [UInt8] {
    let digits = Array(hex)
    return try stride(from: 0, to: digits.count, by: 2).map { start in
      try #require(UInt8(String(digits[start...start + 1]), radix: 16))
    }
  }
}
