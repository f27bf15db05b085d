import Events
import Pipeline
import Testing

struct ReviewTests {
  @Test(arguments: ["approve", "reject", "adjust"])
  func `an approval counts for the subject, a rejection against it`(decision: String) throws {
    var review = try Scenario("review-R", ReviewState())
    review.adds = [EntityNumber(16), EntityNumber(17)]
    try review.when(.review_requested)
    review.adds = [.none]
    #expect(review.state.contributions() == [])
    try review.when(.review_decided, #"{"decision":"\#(decision)","by":"ann"}"#)
    let decider = Int64(review.state.decider)
    let shares: [String: Shares] = [
      "approve": [
        Contribution(EntityNumber(16), .approvals, 1),
        Contribution(EntityNumber(17), .approver, decider),
      ],
      "reject": [Contribution(EntityNumber(17), .rejecter, decider)], "adjust": [],
    ]
    #expect(decider != 0)
    #expect(review.state.contributions() == shares[decision])
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

  /// A gate for a subject, declared with two others before it.
  private func dependent() throws -> Scenario<GateState> {
    var gate = try Scenario("gate-INT/task-T", GateState())
    var declaration = GateState()
    declaration.isDeclared = true
    declaration.declared = Position(3)
    try gate.beside("gate-INT", declaration)
    gate.consulted = Payload(Array(#"{"depends_on":["UNIT","LINT"]}"#.utf8))
    return gate
  }

  private func other(_ status: GateStatus) -> GateState {
    var gate = GateState()
    gate.status = status
    return gate
  }

  private let execution = #"{"gate_id":"INT","subject":"task-T"}"#

  @Test func `a gate goes by its declaration and the gates before it`() throws {
    var gate = try dependent()
    for type in [EventType.gate_started, .gate_passed] {
      let event = try gate.event(type, execution)
      #expect(gate.state.consults(for: event, gate.context) == Position(3))
      #expect(
        gate.state.reads(for: event, consulted: gate.consulted).map(\.description) == [
          "gate-UNIT/task-T", "gate-LINT/task-T",
        ])
    }
    for type in [EventType.gate_failed, .gate_error, .gate_skipped, .gate_blocked] {
      #expect(gate.state.consults(for: try gate.event(type, execution), gate.context) == nil)
    }
    // A gate that nobody declared depends on none.
    let alone = try Scenario("gate-INT/task-T", GateState())
    let event = try gate.event(.gate_started, execution)
    #expect(alone.state.consults(for: event, alone.context) == nil)
  }

  @Test func `a gate starts when all gates before it have passed, and names those it waits for`()
    throws
  {
    var gate = try dependent()
    let first = try #require(try gate.refusal(.gate_started, execution))
    #expect(first.code == .rejected)
    #expect(
      first.message
        == "gate-INT/task-T waits for gate-UNIT/task-T (not run), gate-LINT/task-T (not run)")
    #expect(first.allowed == ["blocked", "skipped"])
    try gate.beside("gate-UNIT/task-T", other(.passed))
    for status in GateStatus.allCases where status != .passed {
      try gate.beside("gate-LINT/task-T", other(status))
      let message = try gate.refusal(.gate_started, execution)?.message
      let state = status == .absent ? "not run" : status.name
      #expect(message == "gate-INT/task-T waits for gate-LINT/task-T (\(state))")
    }
    try gate.beside("gate-LINT/task-T", other(.passed))
    try gate.when(.gate_started, execution)
    // One of them was run again meanwhile, and failed.
    try gate.beside("gate-UNIT/task-T", other(.failed))
    #expect(try gate.refusal(.gate_passed, execution)?.allowed == ["failed", "error"])
    try gate.beside("gate-UNIT/task-T", other(.passed))
    #expect(try gate.refusal(.gate_passed, execution) == nil)
  }

  @Test func `an execution is of the type that its gate is declared with`() throws {
    var gate = try dependent()
    gate.consulted = Payload(Array(#"{"gate_type":"lint"}"#.utf8))
    try gate.given(.gate_started, execution)
    let tests = execution.replacing("}", with: #","gate_type":"unit_tests"}"#)
    #expect(try gate.refusal(.gate_passed, tests)?.pointer == "/gate_type")
    for said in [tests.replacing("unit_tests", with: "lint"), execution] {
      #expect(try gate.refusal(.gate_passed, said) == nil)
    }
  }

  @Test func `a gate that waits may be blocked, skipped and fail`() throws {
    var gate = try dependent()
    #expect(try gate.refusal(.gate_blocked, execution) == nil)
    #expect(try gate.refusal(.gate_skipped, execution) == nil)
    try gate.given(.gate_started, execution)
    #expect(try gate.refusal(.gate_failed, execution) == nil)
    #expect(try gate.refusal(.gate_error, execution) == nil)
  }

  @Test func `a gate can't depend on itself`() throws {
    var gate = try Scenario("gate-G", GateState())
    let own = try gate.refusal(.gate_declared, #"{"depends_on":["F","G"]}"#)
    #expect(own?.pointer == "/depends_on")
    #expect(try gate.refusal(.gate_declared, #"{"depends_on":["F"]}"#) == nil)
  }
}
