internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// What only the log itself says can't be said by a caller.
@Suite struct OwnershipTests {
  private static let forged = [
    #"{"type":"budget_warning","payload":{"scope":"total","limit_micro_usd":1,"spent_micro_usd":1}}"#,
    #"{"type":"budget_exceeded","payload":{"scope":"total","limit_micro_usd":1,"spent_micro_usd":1}}"#,
    #"{"type":"import_started","payload":{"import_id":"i","source":"s"}}"#,
    #"{"type":"import_completed","payload":{"import_id":"i","events":1},"event_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#,
    #"{"type":"import_undone","payload":{"import_id":"i","reason":"r"}}"#,
    #"{"type":"payload_redacted","payload":{"position":1,"reason":"r"}}"#,
    #"{"type":"payload_sealed","payload":{"event_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","key_id":"k+00000000"}}"#,
    #"{"type":"checkpoint_sealed","payload":{"size":9,"root":"\#(String(repeating: "0", count: 64))"}}"#,
  ]

  @Test(arguments: LogKind.allCases, forged)
  func `a caller's event of the log's own types is refused`(kind: LogKind, line: String) throws {
    let bench = try Bench(kind)
    let error = #expect(throws: LogError.self) { try bench.append(line) }
    #expect(error?.code == .rejected)
    #expect(error?.hint?.isEmpty == false)
    #expect(try bench.engine.head().position == .none)
  }

  @Test func `every type of the log's own is among those that were tried`() {
    let owned = EventType.allCases.filter { $0.origin != nil }.map(\.name)
    for type in owned {
      #expect(Self.forged.contains { $0.contains(#""type":"\#(type)""#) }, "\(type)")
    }
    #expect(owned.count == Self.forged.count)
  }

  @Test(arguments: LogKind.allCases)
  func `what follows from what came before is known again`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(
      #"{"type":"budget_set","payload":{"scope":"total","limit_micro_usd":1000,"mode":"warn"}}"#)
    let charge = try bench.append(
      #"{"type":"cost_charged","payload":{"charge_id":"c","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":900}}"#
    )
    let warning = try #require(charge.reactions.first)
    let event = try bench.engine.event(.position(warning.position))
    let payload = String(decoding: try #require(event.payload), as: UTF8.self)
    let line =
      #"{"type":"budget_warning","payload":\#(payload),"event_id":"\#(warning.eventID)"}"#
    #expect(try bench.append(line).isDuplicate)
  }

  @Test(arguments: LogKind.allCases)
  func `the mark of an import proves itself by its id`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let id = ImportMarker.eventID("import_started", of: "i")
    let line =
      #"{"type":"import_started","payload":{"import_id":"i","source":"s"},"event_id":"\#(id)"}"#
    #expect(try bench.append(line).position == Position(1))
    #expect(throws: LogError.self) {
      try bench.append(line.replacing(#""i""#, with: #""j""#))
    }
  }

  @Test(arguments: LogKind.allCases)
  func `only what undoes an event may say that it reverses one`(kind: LogKind) throws {
    let bench = try Bench(kind)
    let spawned = try bench.append(
      #"{"type":"worker_spawned","payload":{"worker_id":"w","adapter_type":"a"}}"#)
    let other = "01KAPB3XNT4N8J207R1DBFRF6D"
    for target in [other, spawned.eventID.description] {
      let error = #expect(throws: LogError.self) {
        try bench.append(
          #"{"type":"note","payload":{"text":"b"},"reverses":"\#(target)"}"#)
      }
      #expect(error?.code == .badInput)
      #expect(error?.pointer == "/reverses")
    }
    func reversal(_ more: String) -> String {
      #"{"type":"event_reversed","payload":{"target":"\#(spawned.eventID)","reason":"r"}\#(more)}"#
    }
    for more in [#","reverses":"\#(other)""#, #","stream":"worker-v""#] {
      #expect(throws: LogError.self, "\(more)") { try bench.append(reversal(more)) }
    }
    #expect(try bench.engine.head().position == Position(1))
    // As an export has it.
    let whole = #","reverses":"\#(spawned.eventID)","stream":"worker-w""#
    #expect(try bench.append(reversal(whole)).position == Position(2))
    #expect(throws: LogError.self) { try bench.append(reversal(whole)) }
  }
}
