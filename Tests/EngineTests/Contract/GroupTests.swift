internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import TestSupport
import Testing

/// Writers that commit together: each gets what it would have got alone.
@Suite struct GroupTests {
  @Test func `who has the lock stores what others have put up`() throws {
    let group = try GroupFixture()
    let receipt = try #require(try group.outcome(of: try group.prepared("a"))).get()
    #expect(receipt.position == Position(3))
    #expect(receipt.stream.description == "thing-a")
    #expect(receipt.revision == 1)
    #expect(!receipt.isDuplicate)
    #expect(try group.position == 3)
    #expect(try group.bench.dump().payload(3) == #"{"id":"a"}"#)
    var event = ReadLeaf(position: receipt.position)
    #expect(try group.engine.log.read(&event) == receipt.leaf)
  }

  @Test func `a refused draft is refused for its owner alone`() throws {
    let group = try GroupFixture()
    guard case .failure(let error) = try group.outcome(of: try group.prepared("a", #","expect":9"#))
    else {
      Issue.record("it was not refused")
      return
    }
    #expect(error.code == .conflict)
    #expect(error.expected == "revision 9")
    #expect(error.hint?.contains("uetlog replay") == true)
    #expect(try group.position == 2)
  }

  @Test func `ids and keys give the first receipt`() throws {
    let group = try GroupFixture()
    for more in [#","event_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV""#, #","key":"k""#] {
      let first = try #require(try group.outcome(of: try group.prepared("a", more))).get()
      var again = try #require(try group.outcome(of: try group.prepared("a", more))).get()
      #expect(again.isDuplicate)
      again.isDuplicate = false
      #expect(again == first)
      guard case .failure(let error) = try group.outcome(of: try group.prepared("b", more)) else {
        Issue.record("other content has the same name")
        continue
      }
      #expect(error.code == .idTaken)
    }
  }

  @Test func `nobody decides by other settings or another catalog`() throws {
    let group = try GroupFixture()
    let request = try #require(GroupRequest.encoded([try group.prepared("a")]))
    // Catalog mark, writer version, settings, number of drafts.
    for offset in [0, 4, 12, 16, 24] {
      var other = request
      other[offset] ^= 1
      #expect(try group.standing(of: other) == .suspect, "offset \(offset)")
    }
    #expect(try group.position == 6)
    guard case .answered = try group.standing(of: request) else {
      Issue.record("the control was not stored")
      return
    }
  }

  @Test func `a request that is garbage goes back and stops nobody`() throws {
    let group = try GroupFixture()
    let request = try #require(GroupRequest.encoded([try group.prepared("a", #","source":"s""#)]))
    for count in stride(from: 0, to: request.count, by: 7) {
      #expect(try group.standing(of: Array(request[..<count])) == .suspect, "\(count) bytes")
    }
    // Behind the envelope: salt and payload, which it is committed to.
    for offset in (request.count - 20)..<request.count {
      var other = request
      other[offset] ^= 1
      #expect(try group.standing(of: other) == .suspect, "offset \(offset)")
    }
    try forAll(seed: 4200, count: 200) { generator in
      var other = request
      for _ in 0..<generator.int(1...4) {
        let index = generator.int(0...(other.count - 1))
        other[index] = UInt8(truncatingIfNeeded: generator.next())
      }
      if case .withdrawn = try group.standing(of: other) { Issue.record("nobody looked") }
    }
  }

  @Test func `what was stored is not stored again, whatever the slots say`() throws {
    let group = try GroupFixture()
    let draft = try group.prepared("a")
    let first = try #require(try group.outcome(of: draft))
    #expect(try group.outcome(of: draft) == first)
    #expect(try group.position == 4)
    // Made to look as if nobody had taken it in hand.
    let outcome = try group.append(draft) { _ in group.forgetHands() }.get()
    #expect(outcome == first)
    #expect(try group.position == 4)
  }

  @Test func `what no caller could have offered goes back`() throws {
    let group = try GroupFixture()
    func standing(
      _ change: (inout Envelope) -> Void = { _ in }, payload: String = #"{"id":"a"}"#
    ) throws -> Seat.Standing {
      let draft = try group.prepared("a", #","key":"k","source":"s","labels":{"l":"m"}"#)
      var envelope = draft.envelope
      change(&envelope)
      let bytes = Array(payload.utf8)
      envelope.payloadByteCount = UInt32(bytes.count)
      envelope.commitment = draft.salt.commitment(to: bytes[...])
      let record = try #require(EncodedRecord(envelope, draft.salt, payload: bytes[...]))
      let whole = try #require(GroupRequest.encoded([draft]))
      // The length of the record and the record are the last of a request.
      let own = try #require(EncodedRecord(draft.envelope, draft.salt, payload: draft.payloadBytes))
      var request = Array(whole.dropLast(own.bytes.count + 4))
      request.append(littleEndian: UInt32(record.bytes.count))
      return try group.standing(of: request + record.bytes)
    }
    // White space is not stored: the commitment would be to other bytes.
    for payload in [#"{"id": "a"}"#, #" {"id":"a"}"#, #"{"id":"a"}"# + "\n", #"{"id":1}"#, "{"] {
      #expect(try standing(payload: payload) == .suspect, "\(payload)")
    }
    let long = String(repeating: "x", count: 200)
    #expect(try standing { $0.key = "" } == .suspect)
    #expect(try standing { $0.key = long } == .suspect)
    #expect(try standing { $0.source = "\u{1B}" } == .suspect)
    #expect(try standing { $0.correlationID = long } == .suspect)
    #expect(try standing { $0.labels[0].value = long } == .suspect)
    #expect(try standing { $0.labels = Array(repeating: $0.labels[0], count: 17) } == .suspect)
    #expect(try standing { $0.flags = .reaction } == .suspect)
    guard case .answered = try standing() else {
      Issue.record("the control was not stored")
      return
    }
  }

  @Test func `an answer that is garbage is none`() throws {
    let group = try GroupFixture()
    let draft = try group.prepared("a")
    let request = try #require(GroupRequest.encoded([draft]))
    guard case .answered(let answer) = try group.standing(of: request) else {
      Issue.record("no answer")
      return
    }
    #expect(GroupAnswer.outcomes(answer, of: [draft])?.count == 1)
    #expect(GroupAnswer.outcomes(answer, of: [try group.prepared("a")]) == nil)
    for count in answer.indices {
      #expect(GroupAnswer.outcomes(Array(answer[..<count]), of: [draft]) == nil, "\(count) bytes")
    }
    // A stream that is no text; and one that is another text, which is the control.
    let stream = Array("thing-a".utf8)
    let place = try #require(
      answer.indices.first { answer[$0...].starts(with: stream) }, "the answer names no stream")
    for (byte, isText) in [(UInt8(0xFF), false), (0x1B, false), (UInt8(ascii: "b"), true)] {
      var other = answer
      other[place + 6] = byte
      #expect((GroupAnswer.outcomes(other, of: [draft]) != nil) == isText, "byte \(byte)")
    }
    try forAll(seed: 4300, count: 500) { generator in
      var other = answer
      other[generator.int(0...(other.count - 1))] = UInt8(truncatingIfNeeded: generator.next())
      _ = GroupAnswer.outcomes(other, of: [draft])
    }
  }

  @Test func `what must not lie in a file, or is decided on alone, is not put up`() throws {
    let group = try GroupFixture()
    let key = "AKIA" + "QYLPMN5HHHFPZAM2"
    let line = #"{"type":"thing_noted","payload":{"id":"a","more":"key \#(key) end"}}"#
    let secret = try group.engine.prepare(try group.bench.draft(line))
    #expect(secret.envelope.flags.contains(.masked))
    #expect(GroupRequest.encoded([secret]) == nil)
    #expect(GroupRequest.encoded([try group.prepared("a"), secret]) == nil)
    guard case .success = try group.append(secret) else {
      Issue.record("it was not stored")
      return
    }
  }

  @Test func `a patch that its owner judged is taken, what nobody judged is not`() throws {
    let group = try GroupFixture()
    let patch = ULID(milliseconds: 1, random: (0, 1)).description
    let created = try group.bench.append(TestPatches.created(patch, request: patch))
    let draft = try group.engine.prepare(group.bench.draft(TestPatches.validated(patch)))
    let unjudged = try #require(GroupRequest.encoded([draft]))
    #expect(try group.standing(of: unjudged) == .suspect)
    #expect(GroupRequest.encoded([draft.judged(PatchClaim(created: .none))]) == nil)
    let other = draft.judged(PatchClaim(created: created.position.next))
    #expect(try group.outcome(of: other)?.refusal?.code == .conflict)
    let judged = draft.judged(PatchClaim(created: created.position))
    #expect(try group.outcome(of: judged)?.place?.isDuplicate == false)
  }

  @Test func `what has no room in a slot is stored all the same`() throws {
    let group = try GroupFixture()
    let large = String(repeating: "x", count: 20_000)
    let draft = try group.prepared("a", #","source":"large""#)
    let line = #"{"type":"thing_noted","payload":{"id":"b","more":"\#(large)"}}"#
    let other = try group.engine.prepare(try group.bench.draft(line))
    let outcomes = try group.engine.append([draft, other], group.options())
    #expect(outcomes.count == 2)
    #expect(try group.position == 3)
  }
}

/// What somebody who is gone had in hand.
@Suite struct GroupLossTests {
  @Test func `a leader that died before it committed has lost nothing`() throws {
    let group = try GroupFixture()
    let outcome = try group.append(try group.prepared("a")) { _ in }.get()
    #expect(try outcome?.get().position == Position(2))
    #expect(try group.position == 2)
  }

  @Test(arguments: [false, true])
  func `a leader that died after it committed has stored it once`(isInHand: Bool) throws {
    let group = try GroupFixture()
    let draft = try group.prepared("a")
    // The dead leader's commit.
    let first = try group.engine.append([draft]).first?.get()
    guard isInHand else {
      // The control: who shares with nobody does not look.
      _ = try group.engine.append([draft])
      #expect(try group.position == 3)
      return
    }
    let outcome = try group.append(draft) { _ in }.get()
    #expect(try outcome?.get() == first)
    #expect(try group.position == 2)
  }

  @Test(arguments: ["", #","event_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV""#, #","key":"k""#])
  func `who looks it up gets the receipt that the dead leader would have given`(
    more: String
  ) throws {
    let group = try GroupFixture()
    let budget =
      #"{"type":"budget_set","payload":{"scope":"total","limit_micro_usd":10,"mode":"warn"}}"#
    _ = try group.engine.append([group.engine.prepare(group.bench.draft(budget))])
    func charge() throws -> PreparedDraft {
      let line =
        #"{"type":"cost_charged","payload":{"charge_id":"c","model":"m","input_tokens":1,"#
        + #""output_tokens":1,"amount_micro_usd":20}\#(more)}"#
      return try group.engine.prepare(group.bench.draft(line))
    }
    let draft = try charge()
    let first = try #require(try group.engine.append([draft]).first).get()
    #expect(first.reactions.map(\.type) == ["budget_warning", "budget_exceeded"])
    #expect(try group.append(draft) { _ in }.get()?.get() == first)
    // The control: the same again, of another's making, is a retry like any.
    let retry = try charge()
    #expect(try group.append(retry) { _ in }.get()?.get() == first.repeated)
    #expect(try group.engine.append([retry]).first?.get() == first.repeated)
    #expect(try group.position == 5)
  }

  @Test func `an answer that can't be read, or is another's, is looked up`() throws {
    let group = try GroupFixture()
    let draft = try group.prepared("a")
    let first = try group.engine.append([draft]).first?.get()
    for answer in [[], [0, 0], GroupAnswer.encoded([], of: []), [UInt8](repeating: 1, count: 300)] {
      let outcome = try group.append(draft) { group.seat.answer($0, [answer]) }.get()
      #expect(try outcome?.get() == first)
    }
    #expect(try group.position == 2)
  }

  @Test func `what is given back is done alone`() throws {
    let group = try GroupFixture()
    let outcome = try group.append(try group.prepared("a")) { group.seat.giveBack($0) }.get()
    #expect(try outcome?.get().position == Position(2))
  }

  @Test func `an answer that came is taken, whoever has the lock`() throws {
    let group = try GroupFixture()
    let draft = try group.prepared("a")
    let first = try #require(try group.engine.append([draft]).first)
    let answer = GroupAnswer.encoded([first], of: [draft.envelope.eventID])
    let outcome = try group.append(draft) { group.seat.answer($0, [answer]) }.get()
    #expect(outcome == first)
    #expect(try group.position == 2)
  }

  @Test func `who waits too long is told that nothing was written`() throws {
    let group = try GroupFixture()
    let draft = try group.prepared("a")
    let error = #expect(throws: LogError.self) {
      try group.holding { try group.engine.append([draft], group.options(wait: 3)) }
    }
    #expect(error?.code == .busy)
    // It is not there for others any more.
    #expect(group.seat.gather { _ in true }.isEmpty)
    #expect(try group.append(draft)?.get().position == Position(2))
  }
}

/// Reads the leaf of an event.
private struct ReadLeaf: ReadUnit {
  let position: Position

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Digest? {
    var leaf: Digest?
    try tables.scan(from: position) { _, record in
      leaf = record.envelope.leaf
      return false
    }
    return leaf
  }
}
