internal import Bytes
internal import Engine
internal import Events
internal import Merkle
internal import Pipeline
internal import Secrets
internal import TestSupport
import Testing

/// Secrets that were found late are taken out, and all else stays.
@Suite struct RedactTests {
  /// Made up, in the shape of a real one.
  private let token = "ghp_" + String(repeating: "aB3dE6gH9j", count: 3) + "kL2mN5"
  private let password = "correct horse battery"
  private let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

  /// A log that stores secrets as they come.
  private func bench(_ kind: LogKind) throws -> Bench {
    var policy = SecretPolicy()
    policy.mode = .off
    return try Bench(kind, secrets: policy)
  }

  private func event(_ bench: Bench, _ position: UInt64) throws -> Event {
    try bench.engine.event(.position(Position(position)))
  }

  private func text(_ event: Event) throws -> String {
    String(decoding: try #require(event.payload), as: UTF8.self)
  }

  private func plan(
    _ bench: Bench, _ position: UInt64, _ scope: RedactionScope
  ) throws -> Redaction? {
    try bench.engine.planRedaction(
      of: event(bench, position), scope, bench.engine.masker()
    ).last
  }

  @discardableResult
  private func redact(
    _ bench: Bench, _ position: UInt64, _ scope: RedactionScope
  ) throws -> [Receipt] {
    let planned = try plan(bench, position, scope)
    let redaction = try #require(planned)
    return try bench.engine.redact(
      [redaction], reason: "a test", operator: "Ada", AppendOptions())
  }

  private func refusal(
    _ bench: Bench, _ position: UInt64, _ scope: RedactionScope
  ) throws -> LogError {
    let error = try #require(throws: LogError.self) { try plan(bench, position, scope) }
    for secret in [token, password] {
      #expect(!error.description.contains(secret), "\(error.description)")
    }
    return error
  }

  @Test(arguments: LogKind.allCases)
  func `a marker takes the place, an event says so, and envelopes and tree stay`(
    kind: LogKind
  ) throws {
    let bench = try bench(kind)
    let line = #"{"type":"note","payload":{"text":"\#(password)","data":{"n":1,"k":"v"}}}"#
    let leaf = try bench.append(line).leaf
    try bench.append(#"{"type":"note","payload":{"text":"between"}}"#)
    let before = try event(bench, 1).envelope
    let receipts = try redact(bench, 1, .pointers(["/text"]))
    let receipt = try #require(receipts.first)
    #expect((receipt.position, receipt.type) == (Position(3), "payload_redacted"))

    let after = try event(bench, 1)
    #expect(after.isRedacted && after.envelope == before)
    #expect(after.envelope.encoded().map { TreeHash.leaf($0) } == leaf)
    let payload = try text(after)
    #expect(
      payload.wholeMatch(
        of: /\{"text":"\[REDACTED:manual:[0-9a-f]{8}\]","data":\{"n":1,"k":"v"\}\}/) != nil)
    #expect(try !event(bench, 2).isRedacted && !event(bench, 3).isRedacted)

    let told = try #require(Payload(Array(try text(event(bench, 3)).utf8)))
    #expect(told.integer("position") == 1 && told.integer("mask_count") == 1)
    #expect(told.text("event_id") == before.eventID.description)
    #expect(told.text("reason") == "a test" && told.text("operator") == "Ada")
    let digest = Digest.sha256(of: Array(payload.utf8)).description
    #expect(told.text("replacement_sha256") == digest)
    #expect(try text(event(bench, 3)).contains(#"[{"rule":"manual","pointer":"/text"}]"#))
  }

  @Test(arguments: LogKind.allCases)
  func `what the rules find gets the markers of an append`(kind: LogKind) throws {
    let payload = #"{"text":"see \#(token) \u00e9","data":{"k":["\#(token)"]}}"#
    let line = #"{"type":"note","payload":\#(payload)}"#
    let bench = try bench(kind)
    try bench.append(line)
    try redact(bench, 1, .findings)
    let masking = try Bench(kind)
    try masking.append(line)
    #expect(try text(event(bench, 1)) == text(event(masking, 1)))
    #expect(try text(event(bench, 2)).contains(#""mask_count":2"#))
  }

  @Test(arguments: LogKind.allCases)
  func `payloads may become shorter and longer than a row holds`(kind: LogKind) throws {
    let bench = try bench(kind)
    let long = String(repeating: "x", count: 60_000)
    try bench.append(#"{"type":"note","payload":{"text":"\#(long)","data":{"k":"\#(password)"}}}"#)
    let list = (0..<80).map { #""word\#($0)!""# }.joined(separator: ",")
    try bench.append(#"{"type":"thing_noted","payload":{"id":"a","list":[\#(list)]}}"#)
    try redact(bench, 1, .pointers(["/data/k"]))
    #expect(try text(event(bench, 1)).utf8.count > 60_000)
    try redact(bench, 1, .pointers(["/text"]))
    #expect(try text(event(bench, 1)).utf8.count < 200)
    try redact(bench, 2, .pointers((0..<80).map { "/list/\($0)" }))
    #expect(try text(event(bench, 2)).utf8.count > 2000)
    try bench.append(#"{"type":"note","payload":{"text":"after"}}"#)
    #expect(try bench.positions(Query()) == Array(1...6))
    if let log = bench.engine.log.lmdb {
      let found = Bench.engine(log, bench).verify()
      #expect(found.verdict == .intact, "\(found.lines)")
    }
  }

  @Test(arguments: LogKind.allCases)
  func `what is redacted is left as it is`(kind: LogKind) throws {
    let bench = try bench(kind)
    try bench.append(#"{"type":"note","payload":{"text":"\#(token)"}}"#)
    let planned = try plan(bench, 1, .findings)
    let first = try #require(planned)
    try redact(bench, 1, .findings)
    #expect(try plan(bench, 1, .findings) == nil)
    #expect(try plan(bench, 1, .pointers(["/text"])) == nil)
    let error = try #require(throws: LogError.self) {
      try bench.engine.redact([first], reason: "late", operator: nil, AppendOptions())
    }
    #expect(error.code == .conflict)
    #expect(try bench.engine.head().position == Position(2))
  }

  @Test(arguments: LogKind.allCases)
  func `a dry run changes nothing`(kind: LogKind) throws {
    let bench = try bench(kind)
    try bench.append(#"{"type":"note","payload":{"text":"\#(password)"}}"#)
    let before = try bench.dump()
    let planned = try plan(bench, 1, .pointers(["/text"]))
    let redaction = try #require(planned)
    var options = AppendOptions()
    options.isDryRun = true
    let receipts = try bench.engine.redact([redaction], reason: "r", operator: nil, options)
    #expect(receipts.map(\.position) == [Position(2)])
    #expect(try bench.dump() == before)
  }

  @Test func `what says so does not quote it`() throws {
    let bench = try bench(.memory)
    try bench.append(
      #"{"type":"thing_noted","payload":{"id":"a","\#(password)":"\#(password)"}}"#)
    try bench.append(#"{"type":"note","payload":{"text":"\#(password)"}}"#)
    for (position, pointer, reason) in [
      (UInt64(1), "/\(password)", "r"), (2, "/text", "it was \(password)!"),
    ] {
      let planned = try plan(bench, position, .pointers([pointer]))
      let redaction = try #require(planned)
      let error = try #require(throws: LogError.self) {
        try bench.engine.redact([redaction], reason: reason, operator: nil, AppendOptions())
      }
      #expect(error.code == .secret && !error.description.contains(password))
    }
    #expect(try bench.engine.head().position == Position(2))
  }

  @Test(arguments: LogKind.allCases)
  func `a retry of the first text and an export give the first receipt`(kind: LogKind) throws {
    let bench = try bench(kind)
    let member = #","event_id":"\#(id)","key":"k""#
    let line = #"{"type":"note","payload":{"text":"\#(password)"}\#(member)}"#
    try bench.append(line)
    try redact(bench, 1, .pointers(["/text"]))
    #expect(try bench.append(line).isDuplicate)
    let payload = try text(event(bench, 1))
    let export = #"{"type":"note","redacted":true,"payload":\#(payload)\#(member)}"#
    #expect(try bench.append(export).isDuplicate)
    let other = #"{"type":"note","payload":{"text":"another"}\#(member)}"#
    #expect(throws: LogError.self) { try bench.append(other) }
    // Elsewhere it is an event that holds a marker.
    let elsewhere = try self.bench(kind)
    #expect(try elsewhere.append(export).flags == .masked)
    #expect(try elsewhere.append(export).isDuplicate)
  }

  @Test func `only strings that are there can be redacted`() throws {
    let bench = try bench(.memory)
    try bench.append(#"{"type":"note","payload":{"text":"a","data":{"n":12,"a/b":["x1"]}}}"#)
    for pointer in ["/data/n", "/nothing", "/data", "", "/data/a~1b/1"] {
      let error = try refusal(bench, 1, .pointers([pointer]))
      #expect((error.code, error.pointer) == (.badInput, pointer))
    }
    #expect(try plan(bench, 1, .pointers(["/data/a~1b/0"]))?.masks.count == 1)
  }

  @Test func `what is in an envelope is refused`() throws {
    let bench = try bench(.memory)
    let members = [
      ("/source", #","source":"\#(token)""#), ("/key", #","key":"\#(token)""#),
      ("/correlation_id", #","correlation_id":"\#(token)""#),
      ("/labels/a", #","labels":{"a":"\#(token)"}"#),
    ]
    for (index, (pointer, member)) in members.enumerated() {
      try bench.append(#"{"type":"note","payload":{"text":"\#(token)"}\#(member)}"#)
      for scope in [RedactionScope.findings, .pointers(["/text"])] {
        let error = try refusal(bench, UInt64(index + 1), scope)
        #expect((error.code, error.pointer) == (.secret, pointer))
        #expect(error.hint?.contains("Revoke") == true)
      }
    }
    try bench.append(#"{"type":"thing_noted","payload":{"id":"\#(password.dropLast(8))"}}"#)
    #expect(try refusal(bench, 5, .pointers(["/id"])).pointer == "/stream")
    try bench.append(#"{"type":"thing_noted","payload":{"id":"b","\#(token)":1}}"#)
    #expect(try refusal(bench, 6, .findings).code == .secret)
  }

  @Test(arguments: LogKind.allCases)
  func `what schemas, names and states are made of is refused`(kind: LogKind) throws {
    let bench = try bench(kind)
    try bench.append(#"{"type":"worker_spawned","payload":{"worker_id":"w","adapter_type":"a"}}"#)
    try bench.append(#"{"type":"worker_idle","payload":{"worker_id":"w"}}"#)
    try bench.append(
      #"{"type":"task_created","payload":{"task_id":"T","name":"\#(password)","kind":"test"}}"#)
    try bench.append(#"{"type":"worker_busy","payload":{"worker_id":"w","task_id":"T"}}"#)
    try bench.append(
      #"{"type":"budget_set","payload":{"scope":"total","limit_micro_usd":1000,"mode":"warn"}}"#)
    for (position, pointer) in [(UInt64(2), "/worker_id"), (4, "/task_id"), (5, "/mode")] {
      #expect(try refusal(bench, position, .pointers([pointer])).code == .secret, "\(pointer)")
    }
    // The control: nothing follows from a name.
    try redact(bench, 3, .pointers(["/name"]))
  }

  @Test(arguments: LogKind.allCases)
  func `a patch whose diff was redacted is not undone`(kind: LogKind) throws {
    let bench = try bench(kind)
    func patch(_ number: Int, _ more: String) -> String {
      let id = "01ARZ3NDEKTSV4RRFFQ69G5FA\(number)"
      let diff = #"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+\#(token) \#(number)\n"#
      return #"{"type":"patch_created","payload":{"project_id":"p","artifact":{"#
        + #""patch_id":"\#(id)","format":"unified_diff","target_repo":"r","diff_text":"\#(diff)","#
        + #""origin":{"execution_request_id":"\#(id)","tool_id":"t","#
        + #""created_at":"2025-11-22T09:15:08Z"}}\#(more)}}"#
    }
    try bench.append(patch(1, ""))
    try bench.append(patch(2, ""))
    try redact(bench, 1, .findings)
    let options = AppendOptions()
    let error = try #require(throws: LogError.self) {
      try bench.engine.compensate(
        .event(.position(Position(1))), reason: "r", operator: nil, options)
    }
    #expect(error.code == .rejected && error.message.contains("exact bytes are gone"))
    let direct = try event(bench, 1).envelope.eventID
    #expect(throws: LogError.self) {
      try bench.append(
        #"{"type":"event_reversed","payload":{"target":"\#(direct)","reason":"r"}}"#)
    }
    // The control.
    let undone = try bench.engine.compensate(
      .event(.position(Position(2))), reason: "r", operator: nil, options)
    #expect(undone.receipts.count == 1)
  }

  @Test func `what is what it is only as it was stored is refused`() throws {
    let bench = try bench(.memory)
    let schema = String(decoding: TestTypes.deploy(description: "\(token) done."), as: UTF8.self)
    _ = try bench.engine.registerSchema(UserType(Array(schema.utf8), origin: "test"))
    #expect(try refusal(bench, 1, .findings).code == .secret)
    try bench.append(#"{"type":"note","payload":{"text":"\#(token)"}}"#)
    try redact(bench, 2, .findings)
    #expect(try refusal(bench, 3, .pointers(["/reason"])).code == .secret)
    #expect(try plan(bench, 3, .findings) == nil)
  }
}
