internal import Bytes
internal import Engine
internal import Events
internal import Evidence
internal import Pipeline
internal import Secrets
internal import TestSupport
import Testing

/// What was masked can be had again, by who has the key.
@Suite struct SealedCopyTests {
  /// Made up, in the shape of a real one.
  private let token = "ghp_" + String(repeating: "aB3dE6gH9j", count: 3) + "kL2mN5"
  private let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
  private let key: UnsealingKey
  private let stranger: UnsealingKey

  init() throws {
    let name = try #require(KeyName("test/seal"))
    key = try UnsealingKey(name: name, bytes: Array(1...32))
    stranger = try UnsealingKey(name: name, bytes: Array(2...33))
  }

  private func bench(_ kind: LogKind, _ mode: SecretMode = .seal) throws -> Bench {
    var policy = SecretPolicy()
    policy.mode = mode
    policy.sealingKey = key.sealing.description
    return try Bench(kind, secrets: policy)
  }

  private func note(_ text: String, _ more: String = "") -> String {
    #"{"type":"note","payload":{"text":"\#(text)"}\#(more)}"#
  }

  private func patch(_ number: Int, _ diff: String) -> String {
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FA\(number)"
    return #"{"type":"patch_created","payload":{"project_id":"p","artifact":{"#
      + #""patch_id":"\#(id)","format":"unified_diff","target_repo":"r","diff_text":"\#(diff)","#
      + #""origin":{"execution_request_id":"\#(id)","tool_id":"t","#
      + #""created_at":"2025-11-22T09:15:08Z"}}}}"#
  }

  private func event(_ bench: Bench, _ position: UInt64) throws -> Event {
    try bench.engine.event(.position(Position(position)))
  }

  private func unsealed(_ bench: Bench, _ position: UInt64) throws -> String {
    let bytes = try bench.engine.unseal(event(bench, position), with: key)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func refusal(_ bench: Bench, _ event: Event, _ key: UnsealingKey) throws -> LogError {
    let error = try #require(throws: LogError.self) { try bench.engine.unseal(event, with: key) }
    #expect(!error.description.contains(token))
    return error
  }

  @Test(arguments: LogKind.allCases)
  func `the stored event is the masked one, and the key gives back each byte`(
    kind: LogKind
  ) throws {
    let bench = try bench(kind)
    let payload = #"{"text":"a \u00e9 \#(token)","data":{"n":1e2,"k":["\#(token)"]}}"#
    let line = #"{"type":"note","payload":\#(payload)}"#
    let receipt = try bench.append(line.replacing(#","data""#, with: #" , "data""#))
    #expect(receipt.flags == .masked && receipt.position == Position(1))
    let copy = try #require(receipt.reactions.first)
    #expect((copy.type, copy.position, copy.flags) == ("payload_sealed", Position(2), .reaction))
    #expect(try event(bench, 2).envelope.causationID == receipt.eventID)
    #expect(try unsealed(bench, 1) == payload)
    let masking = try self.bench(kind, .mask)
    #expect(try masking.append(line).reactions.isEmpty)
    #expect(try event(masking, 1).payload == event(bench, 1).payload)
    #expect(try event(masking, 1).envelope.masks == event(bench, 1).envelope.masks)
  }

  @Test func `no file of the log has the secret, whatever is sealed`() throws {
    func files(_ mode: SecretMode) throws -> String {
      let bench = try bench(.lmdb, mode)
      try bench.append(note(token))
      try bench.append(note(String(repeating: "x ", count: 9000) + token))
      if case .seal = mode { try bench.append(patch(1, "+\(token)\\n")) }
      bench.close()
      return try Files.names(in: bench.path).map {
        String(decoding: try Files.read("\(bench.path)/\($0)"), as: UTF8.self)
      }.joined()
    }
    #expect(try !files(.seal).contains(token.dropFirst(4).prefix(12)))
    #expect(try files(.off).contains(token), "the control")
  }

  @Test(arguments: LogKind.allCases)
  func `a patch and a reversal are accepted, and are what they were`(kind: LogKind) throws {
    let bench = try bench(kind)
    let receipt = try bench.append(patch(1, "+\(token)\\n"))
    #expect(receipt.flags == .masked)
    #expect(try unsealed(bench, 1).contains(#""diff_text":"+\#(token)\n""#))
    let undone = try bench.engine.compensate(
      .event(.position(Position(1))), reason: "it had \(token)", operator: nil, AppendOptions())
    #expect(undone.receipts.map(\.type) == ["event_reversed"])
    let last = try #require(undone.receipts.first).position
    #expect(try unsealed(bench, last.rawValue).contains("it had \(token)"))
    #expect(throws: LogError.self, "the control") {
      try self.bench(kind, .mask).append(patch(1, "+\(token)\\n"))
    }
    #expect(throws: LogError.self, "the other control") {
      try self.bench(kind, .block).append(note(token))
    }
  }

  @Test(arguments: LogKind.allCases)
  func `what has no secret, and a retry, have no copy`(kind: LogKind) throws {
    let bench = try bench(kind)
    try bench.append(note("clean"))
    let line = note(token, #","event_id":"\#(id)""#)
    let first = try bench.append(line)
    #expect(first.reactions.count == 1)
    #expect(try bench.append(line) == first.repeated)
    #expect(try bench.engine.head().position == Position(3))
    #expect(try refusal(bench, event(bench, 1), key).code == .notFound)
    #expect(try refusal(bench, event(bench, 3), key).code == .notFound)
  }

  @Test func `another key is refused, and so is the copy of another event`() throws {
    let bench = try bench(.memory)
    try bench.append(note(token))
    try bench.append(note("another \(token)"))
    let event = try event(bench, 1)
    #expect(try refusal(bench, event, stranger).code == .badInput)
    var moved = event
    moved.envelope.eventID = try self.event(bench, 3).envelope.eventID
    moved.envelope.type = "thing_noted"
    #expect(try refusal(bench, moved, key).message.contains("does not open"))
    moved.envelope.type = event.envelope.type
    #expect(try bench.engine.unseal(moved, with: key).isEmpty == false, "the control")
    moved.envelope.stream = Name(stored: Array("thing-a".utf8))
    let error = try refusal(bench, moved, key)
    #expect(error.code == .unsafe && error.message.contains("does not open"))
  }

  @Test func `what somebody else sealed to the public key is not taken for what was offered`()
    throws
  {
    let line = note(token, #","event_id":"\#(id)""#)
    let copy = try #require(try bench(.memory).append(line).reactions.first).eventID
    for (text, isRight) in [(token, true), ("forged", false)] {
      let bench = try bench(.memory, .mask)
      let stream = try bench.append(line).stream
      let lines = ["uetlog/sealed/v1", Bench.identity.id.description, id, "note", "\(stream)"]
      let box = try key.sealing.seal(
        Array(#"{"text":"\#(text)"}"#.utf8)[...], for: Array(lines.joined(separator: "\n").utf8))
      let payload =
        #"{"event_id":"\#(id)","key_id":"\#(key.sealing.keyID)","box":"\#(Base64.encode(box))"}"#
      var draft = try bench.draft(#"{"type":"payload_sealed","payload":\#(payload)}"#)
      draft.isByLog = true
      draft.eventID = copy
      _ = try bench.engine.append(draft)
      if isRight {
        #expect(try unsealed(bench, 1) == #"{"text":"\#(token)"}"#, "the control")
      } else {
        let error = try refusal(bench, event(bench, 1), key)
        #expect(error.code == .unsafe && error.message.contains("is not what was offered"))
      }
    }
  }

  @Test(arguments: LogKind.allCases)
  func `an event is stored with its copy or not at all`(kind: LogKind) throws {
    let first = try bench(kind)
    let line = note(token, #","event_id":"\#(id)""#)
    let copy = try #require(try first.append(line).reactions.first).eventID
    let bench = try bench(kind)
    try bench.append(note("a", #","event_id":"\#(copy)""#))
    let outcomes = try bench.append(all: [note("b"), line, note("c")])
    #expect(outcomes.map { $0.place == nil } == [false, true, false])
    #expect(try bench.positions(Query()) == [1, 2, 3])
    let error = try #require(throws: LogError.self) { try bench.append(line) }
    #expect(error.code == .idTaken)
  }

  @Test(arguments: LogKind.allCases)
  func `redacting an event takes its copy too`(kind: LogKind) throws {
    let bench = try bench(kind)
    try bench.append(note(token))
    try bench.append(note("kept \(token)"))
    let masker = bench.engine.masker()
    #expect(try bench.engine.planRedaction(of: event(bench, 1), .findings, masker) == [])
    let plan = try bench.engine.planRedaction(of: event(bench, 3), .pointers(["/text"]), masker)
    #expect(plan.map(\.type) == ["payload_sealed", "note"])
    let mask = try #require(plan.first?.masks.first)
    #expect((mask.rule, mask.pointer) == ("sealed", "/box"))
    _ = try bench.engine.redact(plan, reason: "r", operator: nil, AppendOptions())
    #expect(try event(bench, 4).isRedacted)
    let left = String(decoding: try event(bench, 4).payload ?? [], as: UTF8.self)
    #expect(left.hasPrefix(#"{"event_id":""#) && !left.contains("box"))
    let error = try refusal(bench, event(bench, 3), key)
    #expect(error.code == .notFound && error.message.contains("redacted"))
    #expect(try unsealed(bench, 1).contains(token), "the control")
    if let log = bench.engine.log.lmdb {
      let found = Bench.engine(log, bench).verify()
      #expect(found.verdict == .intact, "\(found.lines)")
    }
  }

  @Test(arguments: LogKind.allCases)
  func `a patch whose copy alone was redacted is not undone`(kind: LogKind) throws {
    let bench = try bench(kind)
    for number in 1...2 { try bench.append(patch(number, "+\(token)\\n")) }
    let masker = bench.engine.masker()
    let wrong = try #require(throws: LogError.self) {
      try bench.engine.planRedaction(of: event(bench, 2), .pointers(["/key_id"]), masker)
    }
    #expect(wrong.code == .badInput)
    let plan = try bench.engine.planRedaction(of: event(bench, 2), .pointers(["/box"]), masker)
    _ = try bench.engine.redact(plan, reason: "r", operator: nil, AppendOptions())
    #expect(
      try bench.engine.planRedaction(of: event(bench, 2), .pointers(["/box"]), masker) == [])
    let options = AppendOptions()
    let error = try #require(throws: LogError.self) {
      try bench.engine.compensate(
        .event(.position(Position(1))), reason: "r", operator: nil, options)
    }
    #expect(error.message.contains("exact bytes are gone"))
    let undone = try bench.engine.compensate(
      .event(.position(Position(3))), reason: "r", operator: nil, options)
    #expect(undone.receipts.count == 1, "the control")
  }

  @Test func `a copy of no earlier event is found by verify`() throws {
    let bench = try bench(.lmdb)
    try bench.append(note(token))
    func findings() throws -> [String] {
      let log = try #require(bench.engine.log.lmdb)
      return Bench.engine(log, bench).verify().findings.map(\.message)
    }
    #expect(try findings() == [], "the control")
    let payload = #"{"event_id":"\#(id)","key_id":"k+00000000"}"#
    var draft = try bench.draft(#"{"type":"payload_sealed","payload":\#(payload)}"#)
    draft.isByLog = true
    draft.causationID = ULID(id)
    _ = try bench.engine.append(draft)
    #expect(try findings() == ["position 3 is the sealed copy of no earlier event"])
  }

  @Test func `without a key nothing is stored where there is a secret`() throws {
    var policy = SecretPolicy()
    policy.mode = .seal
    let bench = try Bench(.memory, secrets: policy)
    let error = try #require(throws: LogError.self) { try bench.append(note(token)) }
    #expect(error.code == .settings)
    #expect(try bench.engine.head().position == .none)
  }
}
