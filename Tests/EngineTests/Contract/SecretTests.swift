internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import Secrets
internal import TestSupport
import Testing

/// What happens to the secrets of drafts.
@Suite struct SecretTests {
  /// Made up, in the shapes of real ones.
  private let token = "ghp_" + String(repeating: "aB3dE6gH9j", count: 3) + "kL2mN5"
  private let other = "ghp_" + String(repeating: "zY4xW7vU1t", count: 3) + "sR8qP6"
  private let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

  private func policy(_ mode: SecretMode, literals: [SecretLiteral] = []) -> SecretPolicy {
    var policy = SecretPolicy()
    policy.mode = mode
    policy.literals = literals
    return policy
  }

  private func note(_ text: String, _ members: String = "") -> String {
    #"{"type":"note","payload":{"text":"\#(text)"}\#(members)}"#
  }

  /// All bytes of all files of a bench's log.
  private func files(_ bench: Bench) throws -> String {
    bench.close()
    return try Files.names(in: bench.path).map {
      String(decoding: try Files.read("\(bench.path)/\($0)"), as: UTF8.self)
    }.joined()
  }

  private func refusal(_ bench: Bench, _ line: String) throws -> LogError {
    let error = try #require(throws: LogError.self, "\(line)") { try bench.append(line) }
    for secret in [token, other] {
      #expect(!error.description.contains(secret.prefix(12)), "\(error.description)")
    }
    return error
  }

  @Test func `a marker stands where the secret was, and nothing of the secret in any file`() throws
  {
    let bench = try Bench(.lmdb)
    let receipt = try bench.append(note("see \(token), and \\u0067hp_\(other.dropFirst(4))"))
    #expect(receipt.flags == .masked)
    let event = try bench.engine.event(.position(Position(1)))
    let payload = String(decoding: try #require(event.payload), as: UTF8.self)
    let found = payload.matches(of: /\[REDACTED:github-pat:[0-9a-f]{8}\]/)
    #expect(found.count == 2)
    #expect(event.envelope.masks.count == 2)
    let first = try #require(event.envelope.masks.notes.first)
    #expect((first.rule, first.pointer) == ("github-pat", "/text"))
    #expect((first.start, first.byteCount, first.length) == (4, 30, 1))
    let bytes = try files(bench)
    #expect(bytes.contains("REDACTED"))
    for secret in [token, other] { #expect(!bytes.contains(secret.dropFirst(4).prefix(12))) }
  }

  @Test func `with the mode off the secret is stored`() throws {
    let bench = try Bench(.lmdb, secrets: policy(.off))
    #expect(try bench.append(note(token)).flags == [])
    #expect(try files(bench).contains(token))
  }

  @Test func `text without secrets is stored as it came`() throws {
    let bench = try Bench(.memory)
    let text = #"{ "type":"note", "payload": {"text": "a \u0041 token_count=3 \/ [REDACTED:x"} }"#
    #expect(try bench.append(text).flags == [])
    let event = try bench.engine.event(.position(Position(1)))
    #expect(
      event.payload.map { String(decoding: $0, as: UTF8.self) }
        == #"{"text":"a \u0041 token_count=3 \/ [REDACTED:x"}"#)
    #expect(event.envelope.masks.count == 0)
  }

  @Test(arguments: LogKind.allCases)
  func `a retry gives the first receipt, another secret is other content`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let member = #","event_id":"\#(id)""#
    try bench.append(note(token, member))
    #expect(try bench.append(note(token, member)).isDuplicate)
    #expect(try refusal(bench, note(other, member)).code == .idTaken)
    let stored = try #require(try bench.engine.event(.position(Position(1))).payload)
    let line = String(decoding: stored, as: UTF8.self)
    let exported = #"{"type":"note","payload":\#(line)\#(member)}"#
    #expect(try bench.append(exported).isDuplicate)
  }

  @Test func `equal secrets get equal markers`() throws {
    let bench = try Bench(.memory)
    for text in [token, "again \(token)", other] { try bench.append(note(text)) }
    let tails = try (UInt64(1)...3).map { position in
      let event = try bench.engine.event(.position(Position(position)))
      let payload = String(decoding: event.payload ?? [], as: UTF8.self)
      return try #require(payload.firstMatch(of: /:[0-9a-f]{8}\]/)).output
    }
    #expect(tails[0] == tails[1] && tails[0] != tails[2])
  }

  @Test func `a secret where it can't be masked is refused, and never shown`() throws {
    let bench = try Bench(.memory)
    let members = [
      ("/source", #","source":"\#(token)""#), ("/key", #","key":"\#(token)""#),
      ("/correlation_id", #","correlation_id":"\#(token)""#),
      ("/labels/a", #","labels":{"a":"\#(token)"}"#), ("/labels", #","labels":{"\#(token)":"a"}"#),
    ]
    for (pointer, member) in members {
      let error = try refusal(bench, note("a", member))
      #expect((error.code, error.pointer) == (.secret, pointer))
    }
    let name = try refusal(bench, #"{"type":"thing_noted","payload":{"id":"a","\#(token)":1}}"#)
    #expect((name.code, name.pointer) == (.secret, ""))
    let stream = try refusal(bench, #"{"type":"thing_noted","payload":{"id":"\#(token)"}}"#)
    #expect((stream.code, stream.pointer) == (.secret, "/stream"))
    #expect(try bench.engine.head().position == .none)
    try bench.append(note("a", #","source":"s","key":"k","labels":{"a":"b"}"#))
  }

  @Test func `a mask that would break the schema is refused`() throws {
    let bench = try Bench(.memory)
    let schema = """
      {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
       "properties": {"short": {"type": "string", "pattern": "^g", "maxLength": 45}},
       "x-uetlog": {"stream": "thing-log"}}
      """
    try bench.catalog.add("short_noted", Array(schema.utf8), origin: "test")
    let line = #"{"type":"short_noted","payload":{"short":"\#(token)"}}"#
    let error = try refusal(bench, line)
    #expect((error.code, error.pointer) == (.secret, "/short"))
    try bench.append(#"{"type":"short_noted","payload":{"short":"good"}}"#)
  }

  @Test func `the mode block refuses with rule and place`() throws {
    let bench = try Bench(.memory, secrets: policy(.block))
    let error = try refusal(bench, note(token))
    #expect((error.code, error.pointer) == (.secret, "/text"))
    #expect(error.message.contains("github-pat"))
    try bench.append(note("clean"))
  }

  @Test func `values that the user names are found in their encodings`() throws {
    let literal = try #require(
      SecretLiteral(name: "DOOR", value: Array("open sesame, please".utf8)))
    let bench = try Bench(.memory, secrets: policy(.mask, literals: [literal]))
    for text in [
      "open sesame, please", "b3BlbiBzZXNhbWUsIHBsZWFzZQ==", "open%20sesame%2C%20please",
      "6f70656e20736573616d652c20706c65617365",
    ] {
      #expect(try bench.append(note("a \(text) b")).flags == .masked, "\(text)")
      #expect(try Bench(.memory).append(note("a \(text) b")).flags == [], "\(text)")
    }
    let pin = try #require(SecretLiteral(name: "PIN", value: Array("12345678".utf8)))
    let numbers = try Bench(.memory, secrets: policy(.mask, literals: [pin]))
    let error = try refusal(numbers, #"{"type":"thing_noted","payload":{"id":"a","n":12345678}}"#)
    #expect((error.code, error.pointer) == (.secret, "/n"))
  }

  @Test func `a member's name says that its value is a secret`() throws {
    let bench = try Bench(.memory)
    let value = "Xk3fPq9v" + "Lm2wRt7z"
    let line = #"{"type":"thing_noted","payload":{"id":"a","password":"\#(value)"}}"#
    #expect(try bench.append(line).flags == .masked)
    let plain = line.replacing("password", with: "commits")
    #expect(try bench.append(plain).flags == [])
  }

  @Test func `errors about other things don't quote a secret either`() throws {
    let bench = try Bench(.memory)
    for line in [
      #"{"type":"worker_idle","payload":{"worker_id":1,"\#(token)":2}}"#,
      #"{"type":"\#(token)","payload":{}}"#,
      #"{"type":"task_failed","payload":{"task_id":"T","error_message":"m","failure_kind":"\#(token)"}}"#,
      #"{"type":"note","payload":{"text":"a"},"stream":"\#(token)"}"#,
    ] {
      #expect(try refusal(bench, line).code != .secret)
    }
  }
}
