import Events
import Pipeline
import Testing

struct ReviewTests {
  @Test(arguments: [("approve", true), ("reject", false), ("adjust", false)])
  func `only an approval counts for the subject`(decision: String, counts: Bool) throws {
    var review = try Scenario("review-R", ReviewState())
    review.adds = [EntityNumber(16)]
    try review.when(.review_requested)
    review.adds = [.none]
    #expect(review.state.contributions() == [])
    try review.when(.review_decided, #"{"decision":"\#(decision)"}"#)
    let share: Shares = [Contribution(EntityNumber(16), .approvals, 1)]
    #expect(review.state.contributions() == (counts ? share : []))
    #expect(try review.refusal(.review_decided)?.allowed == [])
  }
}

struct GateTests {
  private func gate() throws -> Scenario<GateState> {
    var gate = try Scenario("gate-G/patch-P", GateState())
    gate.adds = [EntityNumber(16)]
    try gate.when(.gate_started)
    return gate
  }

  @Test func `a failed gate counts against its subject until it passes`() throws {
    var gate = try gate()
    try gate.when(.gate_failed)
    #expect(gate.state.contributions() == [Contribution(EntityNumber(16), .failedGates, 1)])
    try gate.when(.gate_started)
    #expect(gate.state.contributions() == [])
    try gate.when(.gate_error)
    #expect(gate.state.contributions() == [Contribution(EntityNumber(16), .failedGates, 1)])
  }

  @Test func `each pass with tests counts, so that a later one shows`() throws {
    var gate = try gate()
    try gate.when(.gate_passed, #"{"results":{"total_tests":3}}"#)
    #expect(gate.state.contributions() == [Contribution(EntityNumber(16), .gatePasses, 1)])
    try gate.when(.gate_started)
    try gate.when(.gate_passed, #"{"results":{"total_tests":0}}"#)
    try gate.when(.gate_started)
    try gate.when(.gate_passed, #"{"gate_type":"unit_tests"}"#)
    #expect(gate.state.contributions() == [Contribution(EntityNumber(16), .gatePasses, 2)])
    try gate.when(.gate_started)
    try gate.when(.gate_passed, #"{"gate_type":"lint","results":{"total_tests":9}}"#)
    #expect(gate.state.testPasses == 2)
    #expect(gate.state.executions == 4)
  }

  @Test func `a gate is declared once`() throws {
    var gate = try Scenario("gate-G", GateState())
    try gate.when(.gate_declared)
    #expect(gate.state.stateName == "declared")
    #expect(try gate.refusal(.gate_declared) != nil)
    #expect(gate.state.contributions() == [])
  }
}
