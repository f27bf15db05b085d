import Bytes
import Events
import Pipeline
import Testing

struct ToolTests {
  private func open() throws -> Scenario<ToolState> {
    var tool = try Scenario("tool-t", ToolState())
    for _ in 1...5 { try tool.when(.tool_call_error, "{}") }
    try tool.when(.circuit_opened, #"{"failures":5}"#)
    return tool
  }

  @Test func `five errors in a row open the circuit`() throws {
    var tool = try Scenario("tool-t", ToolState())
    for _ in 1...4 { #expect(try tool.when(.tool_call_error).reactions == []) }
    let reactions = try tool.when(.tool_call_error).reactions
    #expect(reactions.map(\.type) == [.circuit_opened])
    #expect(try reactions.first?.field("tool_id") == "t")
    #expect(reactions.first?.text.contains(#""failures":5"#) == true)
  }

  @Test func `a call that completes starts the count again, whatever its exit code`() throws {
    var tool = try Scenario("tool-t", ToolState())
    for _ in 1...4 { try tool.when(.tool_call_error) }
    try tool.when(.tool_call_completed, #"{"exit_code":1}"#)
    for _ in 1...4 { #expect(try tool.when(.tool_call_error).reactions == []) }
    #expect(try tool.when(.tool_call_error).reactions.count == 1)
    #expect(tool.state.errors == 9)
  }

  @Test func `an open circuit refuses calls until it was tried after a pause`() throws {
    var tool = try open()
    #expect(try tool.refusal(.tool_call_started)?.allowed == ["half_open"])
    let opened = tool.now
    tool.now = opened.advanced(by: 60_000_000_000 - 1)
    #expect(try tool.refusal(.circuit_half_opened)?.allowed == [])
    #expect(try tool.refusal(.circuit_half_opened) != nil)
    tool.now = opened.advanced(by: 60_000_000_000)
    try tool.when(.circuit_half_opened)
    try tool.when(.tool_call_started)
    #expect(try tool.refusal(.tool_call_started) != nil)
    var recovered = tool
    #expect(
      try recovered.when(.tool_call_completed, #"{"exit_code":0}"#).reactions.map(\.type) == [
        .circuit_closed
      ])
    try recovered.when(.circuit_closed)
    #expect(recovered.state.errorsInRow == 0)
    #expect(try recovered.refusal(.tool_call_started) == nil)
    #expect(try tool.when(.tool_call_error).reactions.map(\.type) == [.circuit_opened])
  }

  @Test func `only the trial call closes the circuit, and only when all is well`() throws {
    var tool = try open()
    tool.now = tool.now.advanced(by: 60_000_000_000)
    try tool.when(.circuit_half_opened)
    // A call from before the circuit opened ends now.
    #expect(
      try tool.when(.tool_call_completed, #"{"call_id":"old","exit_code":0}"#).reactions == [])
    try tool.when(.tool_call_started, #"{"call_id":"trial"}"#)
    #expect(
      try tool.when(.tool_call_completed, #"{"call_id":"old","exit_code":0}"#).reactions == [])
    #expect(try tool.refusal(.tool_call_started, #"{"call_id":"next"}"#) != nil)
    #expect(
      try tool.when(.tool_call_completed, #"{"call_id":"trial","exit_code":1}"#).reactions == [])
    // That told nothing: the next call is the trial.
    try tool.when(.tool_call_started, #"{"call_id":"next"}"#)
    let closed = try tool.when(.tool_call_completed, #"{"call_id":"next","exit_code":0}"#)
    #expect(closed.reactions.map(\.type) == [.circuit_closed])
  }

  @Test func `a trial that never ended may be repeated after a pause`() throws {
    var tool = try open()
    tool.now = tool.now.advanced(by: 60_000_000_000)
    try tool.when(.circuit_half_opened)
    try tool.when(.tool_call_started)
    tool.now = tool.now.advanced(by: 60_000_000_000)
    #expect(try tool.refusal(.tool_call_started) == nil)
  }

  @Test func `an operator may reset any circuit`() throws {
    var tool = try open()
    try tool.when(.circuit_reset, #"{"operator":"ann","reason":"fixed"}"#)
    #expect(tool.state.stateName == "closed")
    #expect(tool.state.errorsInRow == 0)
    #expect(try tool.refusal(.circuit_reset) == nil)
  }

  @Test func `errors of a gone worker are late and open nothing`() throws {
    var tool = try Scenario("tool-t", ToolState())
    var worker = WorkerState()
    worker.isQuarantined = true
    try tool.beside("worker-w1", worker)
    for _ in 1...6 {
      let (flags, reactions) = try tool.when(.tool_call_error, #"{"worker_id":"w1"}"#)
      #expect(flags == .late)
      #expect(reactions == [])
    }
    #expect(tool.state.errorsInRow == 0)
    #expect(tool.state.errors == 6)
  }

  @Test func `a tool error counts in its run`() throws {
    var tool = try Scenario("tool-t", ToolState())
    tool.run = EntityNumber(32)
    let event = try tool.event(.tool_call_error)
    #expect(factContributions(of: event) == [Contribution(EntityNumber(32), .errors, 1)])
    #expect(factContributions(of: try tool.event(.tool_call_completed)) == [])
  }

  @Test func `a reversal of an opening keeps what the calls said`() throws {
    var tool = try Scenario("tool-t", ToolState())
    try tool.when(.circuit_opened, #"{"failures":1}"#)
    try tool.when(.tool_call_error)
    var restored = ToolState()
    restored.keepNeutralFields(of: tool.state)
    #expect(restored.stateName == "closed")
    #expect(restored.errors == 1)
  }
}
