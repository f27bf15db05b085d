internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

/// Which writes may use the room that a log keeps for a full disk.
@Suite struct ReserveTests {
  private let charge =
    #"{"type":"cost_charged","payload":{"charge_id":"c","model":"m","input_tokens":1,"#
    + #""output_tokens":1,"amount_micro_usd":900}}"#
  private let note = #"{"type":"thing_noted","payload":{"id":"a"}}"#

  @Test func `only drafts that all are about money, proof or room may use the reserve`() throws {
    let bench = try Bench(.memory)
    func mayUse(_ lines: [String]) throws -> Bool {
      let drafts = try lines.map { try bench.engine.prepare(bench.draft($0)) }
      let preparer = Preparer(
        catalog: bench.catalog, identity: Bench.identity, settingsDigest: 0, clock: bench.clock,
        entropy: SystemEntropy())
      return AppendUnit(
        drafts, isAtomic: true, preparer: preparer, rules: bench.rules, clock: bench.clock
      ).mayUseReserve
    }
    #expect(try mayUse([charge]))
    #expect(try mayUse([charge, charge]))
    #expect(try !mayUse([note]))
    #expect(try !mayUse([charge, note]))
  }

  @Test func `a log's own facts may, what a pipeline does may not`() {
    let may = EventType.allCases.filter(\.mayUseReserve).map(\.name)
    #expect(
      may == [
        "cost_reserved", "cost_charged", "cost_released", "budget_set", "budget_warning",
        "budget_exceeded", "payload_redacted", "checkpoint_sealed",
      ])
  }
}
