internal import Bytes
internal import Engine
internal import Events
internal import Merkle
internal import Pipeline
internal import TestSupport
import Testing

/// What a retry is told of the events that came with its own.
@Suite struct FirstReceiptTests {
  private let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

  @Test(arguments: LogKind.allCases)
  func `a retry tells all reactions and nothing else`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try budgets(bench)
    let charge = charge(#","event_id":"\#(id)""#)
    // The one behind it only says that the charge was its cause.
    let next = #"{"type":"thing_noted","payload":{"id":"a"},"causation_id":"\#(id)"}"#
    let outcomes = try bench.append(all: [charge, next, charge]).map { try $0.get() }
    #expect(outcomes[0].reactions.count == 4)
    #expect(outcomes[2] == outcomes[0].repeated)
    try bench.reopen()
    #expect(try bench.append(charge) == outcomes[0].repeated)
    #expect(try bench.append(self.charge("")) == outcomes[0].repeated)
    // The control: the receipt without them is another.
    var bare = outcomes[0].repeated
    bare.reactions = []
    #expect(try bench.append(charge) != bare)
    #expect(try bench.engine.head().position == Position(8))
  }

  @Test(arguments: LogKind.allCases)
  func `what an import brought had no reactions`(kind: LogKind) throws {
    let (bench, other) = (try Bench(kind), try Bench(kind))
    try budgets(bench)
    try bench.append(charge(#","event_id":"\#(id)""#))
    var drafts: [Draft] = []
    try bench.engine.replay(Query()) { event in
      guard let payload = event.payload.flatMap({ Payload($0) }) else { return false }
      var draft = Draft(type: event.envelope.type, payload: payload)
      draft.eventID = event.envelope.eventID
      draft.causationID = event.envelope.causationID
      draft.flags = event.envelope.flags.union(.imported)
      draft.isByLog = true
      drafts.append(draft)
      return true
    }
    #expect(drafts.count == 7)
    for draft in drafts { #expect(try other.engine.append(draft).reactions.isEmpty) }
    for draft in drafts {
      let again = try other.engine.append(draft)
      #expect(again.isDuplicate && again.reactions.isEmpty)
    }
  }

  @Test(arguments: LogKind.allCases)
  func `each reaction stands below its cause`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let line = #"{"type":"thing_noted","payload":{"id":"a"},"event_id":"\#(id)"}"#
    let root = try bench.engine.prepare(bench.draft(line))
    let events = try ["b", "c", "d", "e", "f"].map {
      try bench.engine.prepare(bench.draft(#"{"type":"thing_noted","payload":{"id":"\#($0)"}}"#))
    }
    func envelope(_ index: Int, causedBy cause: PreparedDraft) -> Envelope {
      var envelope = events[index].envelope
      envelope.causationID = cause.envelope.eventID
      envelope.flags = .reaction
      return envelope
    }
    // To the event, to that reaction, to that one, to the event; and then another's.
    let envelopes = [
      root.envelope, envelope(0, causedBy: root), envelope(1, causedBy: events[0]),
      envelope(2, causedBy: events[1]), envelope(3, causedBy: root),
      envelope(4, causedBy: events[4]),
    ]
    var unit = Plant(envelopes: envelopes, content: root.content)
    // A program that another test is just starting holds all locks of this one for a moment.
    try bench.engine.log.write(waitNanoseconds: 5_000_000_000, &unit)
    let receipt = try bench.append(line)
    func shape(_ receipt: Receipt) -> String {
      "\(receipt.position)" + (receipt.reactions.isEmpty ? "" : "\(receipt.reactions.map(shape))")
    }
    #expect(shape(receipt).filter { $0 != "\"" && $0 != "\\" } == "1[2[3[4]], 5]")
    #expect(receipt == receipt.repeated)
  }

  private func budgets(_ bench: Bench) throws {
    for scope in ["total", "worker:w"] {
      try bench.append(
        #"{"type":"budget_set","payload":{"scope":"\#(scope)","limit_micro_usd":1000,"mode":"warn"}}"#
      )
    }
  }

  private func charge(_ more: String) -> String {
    #"{"type":"cost_charged","payload":{"charge_id":"c","model":"m","input_tokens":1,"#
      + #""output_tokens":1,"amount_micro_usd":2000,"worker_id":"w"}\#(more)}"#
  }
}

/// Stores events as they are; the first can be found by its id.
private struct Plant: WriteUnit {
  let envelopes: [Envelope]
  let content: UInt128
  var isDryRun: Bool { false }

  func run(_ tables: inout some LogWriter & ~Copyable & ~Escapable) throws(LogError) {
    var head = try tables.head()
    for var envelope in envelopes {
      envelope.payloadByteCount = 0
      let salt = Salt(high: 1, low: 2)
      guard let record = EncodedRecord(envelope, salt, payload: []) else { continue }
      head.position = head.position.next
      head.frontier.append(TreeHash.leaf(record.envelope))
      try tables.append(record, at: head.position)
      try tables.set(
        DedupeEntry(position: head.position, content: content), for: .event(envelope.eventID))
    }
    try tables.set(head)
  }
}
