import Bytes
import Engine
import EventLog
import Events
import Pipeline
import Testing

/// Checking again what was checked and decided before events were stored.
@Suite struct VerifyDeepTests {
  private func deeply(
    _ directory: VerifyDirectory, _ rules: Rules = Rules(), settings: UInt64 = 0
  ) throws(LogError) -> Verification {
    try Verification.verify(
      log: directory.log, directory.options, rules: rules, deepUnderSettings: settings)
  }

  @Test func `what was accepted would be accepted again`() throws {
    let directory = try VerifyFixture.copy()
    let found = try deeply(directory)
    #expect(found.verdict == .intact, "\(found.lines)")
    let schemas = try #require(found.outcome(.schemas))
    #expect(schemas.status == .ok && schemas.figures.hasSuffix(" payloads keep to their schemas"))
    let decisions = try #require(found.outcome(.decisions))
    let count = decisions.figures.split(separator: " ").first.flatMap { Int($0) } ?? 0
    // Notes, for one, change no state: nothing is decided about them.
    #expect(decisions.status == .ok && count > 500 && count < Int(found.head.rawValue) - 500)
    // Nobody asked, nobody is told.
    let plain = try directory.verify()
    #expect(plain.outcome(.schemas) == nil && plain.outcome(.decisions) == nil)
  }

  /// A task that failed and was tried again, which is its last event.
  private func retried(after others: [(String, String)] = []) throws -> VerifyDirectory {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    let engine = try directory.engine()
    let steps = [
      ("task_created", #"{"task_id":"T","name":"a task","kind":"test"}"#),
      ("task_assigned", #"{"task_id":"T","worker_id":"w"}"#),
      ("task_started", #"{"task_id":"T"}"#),
      ("task_failed", #"{"task_id":"T","failure_kind":"test","error_message":"no"}"#),
      ("task_retried", #"{"task_id":"T"}"#),
    ]
    for (type, json) in others + steps {
      _ = try engine.append(Draft(type: type, payload: VerifyFixture.payload(json)))
    }
    return directory
  }

  @Test func `an event that the rules refuse is found, if it was stored under the same`() throws {
    let directory = try retried()
    let intact = try deeply(directory)
    #expect(intact.verdict == .intact)
    var strict = Rules()
    strict.taskRetriesMax = 0
    let found = try deeply(directory, strict)
    #expect(found.verdict == .irregular, "\(found.lines)")
    #expect(found.counts == [.decisions: 1] && found.firstBad == intact.head)
    #expect(found.lines.last?.contains("IRREGULAR: whole up to position") == true)
    let otherwise = try deeply(directory, strict, settings: 1)
    #expect(otherwise.verdict == .intact)
    // The retry is one of them, and so is the task that the failure brought about.
    #expect(omissions(otherwise) == ["other_settings=6"])
    let figures = otherwise.outcome(.decisions)?.figures
    #expect(figures == "0 events decided again; not compared: 6 under other settings")
  }

  /// What the decisions' phase passed over.
  private func omissions(_ found: Verification) -> [String]? {
    found.outcome(.decisions)?.omissions.pairs.map { "\($0.reason.rawValue)=\($0.count)" }
  }

  private func redact(_ directory: VerifyDirectory, _ position: Position) throws {
    let engine = try directory.engine(3)
    let plan = try engine.planRedaction(
      of: engine.event(.position(position)), .pointers(["/text"]), engine.masker())
    _ = try engine.redact(plan, reason: "r", operator: nil, AppendOptions())
  }

  @Test func `what a redaction may have removed is not held against a decision`() throws {
    let directory = try retried(after: [("note", #"{"text":"a secret"}"#)])
    var strict = Rules()
    strict.taskRetriesMax = 0
    let before = try deeply(directory, strict)
    #expect(before.counts == [.decisions: 1] && omissions(before) == [])
    try redact(directory, Position(1))
    let after = try deeply(directory, strict)
    #expect(after.verdict == .intact && omissions(after) == ["redacted=1"])
  }

  @Test func `imported events are counted, not judged`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    // Nothing led to it: it would be refused.
    var draft = Draft(
      type: "task_completed", payload: VerifyFixture.payload(#"{"task_id":"T"}"#))
    draft.flags.insert(.imported)
    _ = try directory.engine().append(draft)
    let found = try deeply(directory)
    #expect(found.verdict == .intact && omissions(found) == ["imported=1"], "\(found.lines)")
  }

  @Test func `after damage nothing is decided, and that is counted`() throws {
    let directory = try retried()
    try Surgeon(directory).change("log", 3) { $0.flipped(at: $0.count - 3) }
    let found = try deeply(directory)
    #expect(found.verdict == .damaged && omissions(found) == ["damaged=\(found.head.rawValue - 2)"])
    #expect(found.outcome(.schemas)?.omissions[.damaged] == 1)
  }

  /// A payload with its commitment made anew.
  private func forged(_ row: [UInt8], _ old: String, _ new: String) -> [UInt8] {
    let end = Int(row[4]) + Int(row[5]) << 8
    let text = String(decoding: row[(end + Salt.byteCount)...], as: UTF8.self)
    guard let range = text.firstRange(of: old) else { return row }
    let payload = Array(text.replacingCharacters(in: range, with: new).utf8)
    let salted = Array(row[end..<end + Salt.byteCount]) + payload
    let commitment = Digest.sha256(of: [0x02] + salted).bytes
    return Array(row[..<84]) + commitment + Array(row[116..<end]) + salted
  }

  @Test(arguments: [(#""test""#, #""tset""#, 0), (#""kind""#, #""kinb""#, 1)])
  func `a payload that breaks its schema is found`(
    old: String, new: String, count: Int
  ) throws {
    let directory = try retried()
    try Surgeon(directory).change("log", 1) { forged($0, old, new) }
    let found = try deeply(directory)
    // Its envelope is another one, too, which is found in any case.
    #expect(found.verdict == .damaged)
    #expect(found.counts[.payloads] == nil, "\(found.lines)")
    #expect(found.counts[.schemas, default: 0] == count, "\(found.lines)")
  }
}

extension String {
  fileprivate func replacingCharacters(
    in range: Range<String.Index>, with new: String
  ) -> String {
    String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
