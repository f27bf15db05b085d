internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// What a payload has by itself stands for one event, whoever sends it.
@Suite struct PayloadKeyTests {
  private func charge(_ amount: Int = 1, _ more: String = "") -> String {
    #"{"type":"cost_charged","payload":{"charge_id":"c","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":\#(amount)}\#(more)}"#
  }

  @Test(arguments: LogKind.allCases)
  func `a charge is made once, whatever source and key come with it`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let first = try bench.append(charge())
    for more in [
      #","source":"s""#, #","key":"k1""#, #","key":"k2","source":"s""#,
      #","event_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV""#,
    ] {
      let again = try bench.append(charge(1, more))
      #expect(again.isDuplicate, "\(more)")
      #expect(again.position == first.position)
    }
    let error = #expect(throws: LogError.self) { try bench.append(charge(2, #","key":"k3""#)) }
    #expect(error?.code == .idTaken)
    #expect(error?.message.contains(#"charge_id "c""#) == true)
    #expect(try bench.engine.head().position == Position(1))
    // A key stays a key: it names another charge's event for good.
    try bench.append(charge(1, #","key":"k""#).replacing(#""c""#, with: #""d""#))
    #expect(throws: LogError.self) {
      try bench.append(charge(1, #","key":"k""#).replacing(#""c""#, with: #""e""#))
    }
  }

  private func patch(
    _ id: Int, request: Int, diff: String = "d", _ more: String = "", _ outer: String = ""
  ) -> String {
    let name = Self.ulid(id)
    let artifact =
      #"{"patch_id":"\#(name)","format":"unified_diff","target_repo":"r","origin":{"execution_request_id":"\#(Self.ulid(request))","tool_id":"aider","created_at":"2025-11-22T09:15:08Z"},"diff_text":"\#(diff)"}"#
    return
      #"{"type":"patch_created","payload":{"project_id":"p","artifact":\#(artifact)\#(more)}\#(outer)}"#
  }

  private static func ulid(_ number: Int) -> String {
    ULID(milliseconds: 1, random: (0, UInt64(number))).description
  }

  private func payload(_ receipt: Receipt, _ bench: Bench) throws -> Payload {
    let event = try bench.engine.event(.position(receipt.position))
    return try #require(event.payload.flatMap { Payload($0) })
  }

  @Test(arguments: LogKind.allCases)
  func `the same answer to the same request is one patch`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let first = try bench.append(patch(1, request: 9))
    for again in [
      patch(1, request: 9), patch(2, request: 9), patch(2, request: 9, "", #","key":"k""#),
    ] {
      let receipt = try bench.append(again)
      #expect(receipt.isDuplicate)
      #expect(receipt.position == first.position)
    }
    #expect(try bench.append(patch(3, request: 9, diff: "other")).isDuplicate == false)
    // The same content once more from the second request is that request's first receipt.
    let second = try bench.append(patch(4, request: 8))
    #expect(try bench.append(patch(5, request: 8)).position == second.position)
  }

  @Test(arguments: LogKind.allCases)
  func `the same content from another request says whose it is`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let first = try bench.append(patch(1, request: 9))
    #expect(try payload(first, bench).text("same_content_as") == nil)
    let outcomes = try bench.append(all: [patch(2, request: 8), patch(3, request: 7)])
    for outcome in outcomes {
      let twin = try payload(outcome.get(), bench)
      #expect(twin.text("same_content_as") == Self.ulid(1))
      #expect(twin.text("ledger_id") != nil)
    }
    let other = try bench.append(patch(4, request: 6, diff: "e"))
    #expect(try payload(other, bench).text("same_content_as") == nil)
  }

  @Test(arguments: LogKind.allCases)
  func `a quarantined patch comes back with the same content`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(patch(1, request: 9))
    let more =
      #","relations":{"replaces_patch_id":"\#(Self.ulid(1))"},"operator":"ann","reason":"r""#
    let successor = try bench.append(patch(2, request: 9, more))
    #expect(!successor.isDuplicate)
    #expect(try payload(successor, bench).text("same_content_as") == Self.ulid(1))
  }

  @Test func `verify knows these keys, and misses one that is gone`() throws {
    let directory = try VerifyDirectory()
    try directory.create(verifyIdentity)
    do {
      let engine = try directory.engine()
      for line in [
        charge(1, #","key":"k""#), patch(1, request: 9), patch(2, request: 8),
        #"{"type":"task_created","payload":{"task_id":"T","name":"n","kind":"k","phase_id":"P"}}"#,
        #"{"type":"cost_reserved","payload":{"reservation_id":"r","estimate_micro_usd":1,"task_id":"T"}}"#,
      ] {
        _ = try engine.append(Draft(line: Array(line.utf8), number: nil, defaults: DraftDefaults()))
      }
    }
    let whole = try directory.verify()
    #expect(whole.verdict == .intact, "\(whole.lines)")
    var keys: [[UInt8]] = []
    do {
      let draft = try Draft(
        line: Array(patch(1, request: 9).utf8), number: nil, defaults: DraftDefaults())
      for key in try directory.engine().prepare(draft).payloadKeys {
        guard case .payload(let high, let low) = key.key else { continue }
        keys.append([2] + ULID(high: high, low: low).bytes)
      }
    }
    #expect(keys.count == 2)
    let gone = try #require(keys.last)
    try Surgeon(directory).change("ids", gone) { _ in nil }
    #expect(try directory.verify().outcome(.ids)?.status == .failed)
  }
}
