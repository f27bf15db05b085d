import Events
import Pipeline
import Testing

struct SagaTests {
  private func started() throws -> Scenario<SagaState> {
    var saga = try Scenario("saga-S", SagaState())
    let declaration = #"{"saga_id":"S","steps":[{"step":"a"},{"step":"b"}]}"#
    try saga.when(.saga_started, declaration)
    saga.consulted = Payload(Array(declaration.utf8))
    return saga
  }

  @Test func `a saga completes with its last step`() throws {
    var saga = try started()
    let event = try saga.event(.saga_step_started, #"{"step":"a"}"#)
    #expect(saga.state.consults(for: event, saga.context) == Position(1))
    try saga.when(.saga_step_started, #"{"step":"a"}"#)
    try saga.when(.saga_step_completed, #"{"step":"a"}"#)
    #expect(saga.state.stateName == "running")
    try saga.when(.saga_step_started, #"{"step":"b"}"#)
    try saga.when(.saga_step_completed, #"{"step":"b"}"#)
    #expect(saga.state.stateName == "completed")
    #expect(try saga.refusal(.saga_step_started, #"{"step":"b"}"#)?.allowed == ["compensating"])
  }

  @Test func `steps go in order, and one that failed may run again`() throws {
    var saga = try started()
    #expect(try saga.refusal(.saga_step_started, #"{"step":"b"}"#) != nil)
    #expect(try saga.refusal(.saga_step_completed, #"{"step":"b"}"#) != nil)
    try saga.when(.saga_step_started, #"{"step":"a"}"#)
    #expect(try saga.refusal(.saga_step_started, #"{"step":"a"}"#) != nil)
    try saga.when(.saga_step_failed, #"{"step":"a"}"#)
    // What does not run can't end.
    for type in [EventType.saga_step_completed, .saga_step_failed] {
      #expect(try saga.refusal(type, #"{"step":"a"}"#)?.message.contains("did not start") == true)
    }
    #expect(try saga.refusal(.saga_step_started, #"{"step":"a"}"#) == nil)
  }

  @Test func `a way back that fails asks a person`() throws {
    var saga = try started()
    try saga.when(.saga_compensation_started)
    let reactions = try saga.when(.saga_compensation_failed, #"{"step":"a"}"#).reactions
    #expect(reactions.map(\.type) == [.review_requested])
    #expect(try reactions.first?.field("subject") == "saga-S")
  }
}

struct MergeTests {
  @Test func `each conflict asks a person`() throws {
    var merge = try Scenario("merge-M", MergeState())
    try merge.when(.merge_started)
    let json = #"{"file_path":"a.py","patch_id_1":"A","patch_id_2":"B"}"#
    let first = try #require(try merge.when(.merge_conflict, json).reactions.first)
    #expect(first.text.contains("take A"))
    #expect(first.text.contains("merge by hand"))
    let second = try merge.when(.merge_conflict, json).reactions
    #expect(second.count == 1)
    #expect(try second.first?.field("review_id") != first.field("review_id"))
  }
}

struct CountingTests {
  @Test func `steps and errors count in their run, once each`() throws {
    var step = try Scenario("step-S", StepState())
    step.adds = [EntityNumber(32)]
    try step.when(.step_started)
    step.adds = []
    try step.when(.step_completed)
    #expect(step.state.contributions() == [Contribution(EntityNumber(32), .stepAttempts, 1)])
    var error = try Scenario("error-E", ErrorState())
    error.run = EntityNumber(32)
    try error.when(.error_raised)
    try error.when(.error_pipeline_triggered)
    try error.when(.error_resolved)
    #expect(error.state.contributions() == [Contribution(EntityNumber(32), .errors, 1)])
    #expect(factContributions(of: try error.event(.error_raised)) == [])
  }

  @Test func `a run keeps its sums and its link through a reversal`() throws {
    var run = try Scenario("run-R", RunState())
    try run.when(.run_created)
    run.state.lastInRun = Position(9)
    _ = try run.sum(.errors, 2, because: .tool_call_error)
    var restored = RunState()
    restored.keepNeutralFields(of: run.state)
    #expect(restored.lastInRun == Position(9))
    #expect(restored.errors == 2)
    #expect(restored.stateName == nil)
  }
}
