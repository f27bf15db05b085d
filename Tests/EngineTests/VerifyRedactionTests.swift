import Bytes
import Engine
import EventLog
import Events
import Evidence
import Merkle
import Secrets
import Testing

/// A payload that is not what was committed to is accepted for one reason only.
@Suite struct VerifyRedactionTests {
  private static let secret = "a secret that nobody knows"

  /// Notes at positions 1 to 3, the second of them long; the first two are redacted by 4 and 5.
  private func redactedLog() throws -> VerifyDirectory {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let engine = try directory.engine()
    for text in [Self.secret, String(repeating: "l", count: 9000), "kept"] {
      let json = #"{"text":"\#(text)","data":{"k":["\#(Self.secret)","\#(Self.secret) too"]}}"#
      _ = try engine.append(Draft(type: "note", payload: VerifyFixture.payload(json)))
    }
    try redact(engine, 1, "/data/k/0")
    try redact(engine, 2, "/data/k/0")
    return directory
  }

  private func redact(
    _ engine: Engine<LMDBLog>, _ position: UInt64, _ pointer: String
  ) throws {
    let event = try engine.event(.position(Position(position)))
    let plan = try engine.planRedaction(of: event, .pointers([pointer]), engine.masker())
    #expect(plan.count == 1)
    _ = try engine.redact(plan, reason: "a test", operator: nil, AppendOptions())
  }

  /// Changes a redacted log; the payloads' phase must fail, at one position.
  private func expectDamage(
    at position: UInt64, _ text: String, _ damage: (Surgeon) throws -> Void
  ) throws {
    let directory = try redactedLog()
    try damage(Surgeon(directory))
    let found = try directory.verify()
    #expect(found.verdict == .damaged)
    let findings = found.findings.filter { $0.phase == .payloads }
    #expect(findings.contains { $0.position == Position(position) && $0.message.contains(text) })
    #expect(found.outcome(.tree)?.status == .ok)
  }

  private func envelopeByteCount(_ bytes: [UInt8]) -> Int { Int(bytes[4]) | Int(bytes[5]) << 8 }

  @Test func `redacted payloads are counted, with the events that say so`() throws {
    let directory = try redactedLog()
    let found = try directory.verify()
    #expect(found.verdict == .intact, "\(found.lines)")
    #expect(found.outcome(.payloads)?.figures == "3 as committed to, 2 redacted (by 4, 5)")
    try redact(directory.engine(2), 1, "/data/k/1")
    let again = try directory.verify()
    #expect(again.verdict == .intact, "\(again.lines)")
    #expect(again.outcome(.payloads)?.figures == "4 as committed to, 2 redacted (by 5, 6)")
  }

  @Test func `a changed replacement is damage`() throws {
    try expectDamage(at: 1, "redaction at position 4") {
      try $0.change("log", 1) { bytes in bytes.flipped(at: bytes.count - 5) }
    }
    try expectDamage(at: 2, "redaction at position 5") {
      try $0.change("chunks", 2 << 12) { bytes in bytes.flipped(at: 100) }
    }
    try expectDamage(at: 2, "redaction at position 5") {
      try $0.change("chunks", 2 << 12 | 1) { _ in nil }
    }
  }

  @Test func `a replacement that no event names is damage`() throws {
    try expectDamage(at: 3, "no redaction says so") {
      try $0.change("log", 3) { bytes in
        bytes[..<envelopeByteCount(bytes)] + Salt.taken + Array(#"{"text":"other"}"#.utf8)
      }
    }
  }

  @Test func `a payload that is gone is damage, whatever names it`() throws {
    for position in [UInt64(1), 3] {
      try expectDamage(at: position, "is gone") {
        try $0.change("log", position) { bytes in Array(bytes[..<envelopeByteCount(bytes)]) }
      }
    }
  }

  @Test func `what was redacted can't come back unseen`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let json = #"{"text":"\#(Self.secret)","data":{"k":"\#(Self.secret)"}}"#
    let note = Draft(type: "note", payload: VerifyFixture.payload(json))
    var rows: [[UInt8]] = []
    do {
      let engine = try directory.engine()
      _ = try engine.append(note)
    }
    for (round, pointer) in ["/text", "/data/k"].enumerated() {
      try Surgeon(directory).change("log", 1) {
        rows.append($0)
        return $0
      }
      try redact(directory.engine(UInt64(round + 2)), 1, pointer)
    }
    #expect(try directory.verify().verdict == .intact)
    for row in rows {
      try Surgeon(directory).change("log", 1) { _ in row }
      let found = try directory.verify()
      #expect(found.verdict == .damaged)
      #expect(found.findings.contains { $0.phase == .payloads && $0.position == Position(1) })
    }
  }

  @Test func `checkpoints, receipts and proofs of before still hold`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    var engine = try directory.engine()
    let json = #"{"text":"\#(Self.secret)"}"#
    let receipt = try engine.append(Draft(type: "note", payload: VerifyFixture.payload(json)))
    let name = try #require(KeyName("test/key"))
    let key = try SigningKey(name: name, seed: Array(1...32))
    let sealed = try engine.seal(by: key).checkpoint
    try redact(engine, 1, "/text")
    let other = try VerifyDirectory()
    try other.create(verifyIdentity)
    // A process has a log open once.
    engine = try other.engine()
    var evidence = OutsideEvidence()
    evidence.keys = [key.verifier]
    evidence.checkpoints = [
      OutsideEvidence.KnownCheckpoint(
        name: "c", checkpoint: sealed.checkpoint, signers: ["test/key"])
    ]
    evidence.receipts = [
      OutsideEvidence.KnownReceipt(
        position: receipt.position, eventID: receipt.eventID, leaf: receipt.leaf, epoch: 1)
    ]
    let found = try directory.verify(evidence)
    #expect(found.verdict == .intact, "\(found.lines)")
    for phase in [Verification.Phase.seals, .checkpoints, .receipts] {
      #expect(found.outcome(phase)?.status == .ok)
    }
    engine = try directory.engine(2)
    var records: [ProvenRecord] = []
    try engine.prove([Position(1)], in: sealed.checkpoint) { records += $0 }
    #expect(records.count == 1 && records.first?.salted == nil)
  }

  @Test func `compacting leaves nothing of it in the file`() throws {
    let directory = try redactedLog()
    let engine = try directory.engine(3)
    for position in [UInt64(1), 2, 3] { try redact(engine, position, "/data/k/1") }
    try redact(engine, 1, "/text")
    try redact(engine, 3, "/data/k/0")
    func has() throws -> Bool {
      String(decoding: try verifyContents(of: directory.dataFile), as: UTF8.self)
        .contains(Self.secret)
    }
    // The control: freed pages and the room in pages keep what was there.
    #expect(try has())
    _ = try engine.log.compact(waitNanoseconds: 1_000_000_000)
    #expect(try !has())
    #expect(engine.verify().verdict == .intact)
  }
}
