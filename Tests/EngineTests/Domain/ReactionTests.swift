internal import Bytes
internal import Engine
internal import Events
internal import Pipeline
internal import TestSupport
import Testing

@Suite struct ReactionTests {
  private let run = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

  private func task(_ type: String, _ more: String = "", id: String = "T1") -> String {
    #"{"type":"task_\#(type)","payload":{"task_id":"\#(id)"\#(more)},"run_id":"\#(run)","correlation_id":"c"}"#
  }

  private let failed = #","failure_kind":"test","error_message":"it broke""#

  private func start(_ bench: Bench, id: String = "T1", isCreated: Bool = false) throws {
    if !isCreated { try bench.append(task("created", #","name":"n","kind":"code""#, id: id)) }
    try bench.append(task("assigned", #","worker_id":"w""#, id: id))
    try bench.append(task("started", id: id))
  }

  @Test(arguments: LogKind.allCases)
  func `a failed test makes a fix task in the same transaction`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try start(bench)
    let receipt = try bench.append(task("failed", failed))
    #expect(receipt.reactions.map(\.type) == ["task_created"])
    let reaction = try #require(receipt.reactions.first)
    #expect(reaction.stream == Name("task-FIX-T1"))
    #expect(reaction.position == receipt.position.next)
    let stored = try bench.engine.event(.position(reaction.position)).envelope
    #expect(stored.eventID == reaction.eventID)
    #expect(stored.causationID == receipt.eventID)
    #expect(stored.flags == .reaction)
    #expect(stored.runID?.description == run)
    #expect(stored.correlationID == "c")
    #expect(stored.source == "uetlog")
  }

  @Test func `the id of a reaction follows from its cause`() throws {
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    var reactions: [ULID] = []
    for (seed, kind) in [(1, LogKind.memory), (2, .lmdb), (3, .memory)] as [(UInt64, LogKind)] {
      let bench = try Bench(kind, seed: seed)
      try start(bench)
      let line = task("failed", failed).dropLast() + #","event_id":"\#(id)"}"#
      reactions += try bench.append(String(line)).reactions.map(\.eventID)
    }
    #expect(reactions.count == 3)
    #expect(Set(reactions).count == 1)
    #expect(reactions.first?.milliseconds == ULID(id)?.milliseconds)
  }

  @Test(arguments: LogKind.allCases)
  func `a cause that is sent again makes no second reaction`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try start(bench)
    let line = task("failed", failed).dropLast() + #","key":"k"}"#
    let first = try bench.append(String(line))
    #expect(first.reactions.map(\.type) == ["task_created"])
    try bench.append(task("assigned", #","worker_id":"w""#, id: "FIX-T1"))
    let before = try bench.dump()
    #expect(try bench.append(String(line)) == first.repeated)
    #expect(try bench.dump() == before)
  }

  @Test(arguments: LogKind.allCases)
  func `a refused reaction does not refuse its cause`(kind: LogKind) throws {
    let cause = #","event_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#
    let failure = String(task("failed", failed).dropLast()) + cause
    /// All names that a fix task could have are taken.
    func crowded(_ kind: LogKind) throws -> Bench {
      let bench = try Bench(kind)
      for id in ["FIX-T1", "FIX-T1-2", "FIX-T1-3"] {
        try bench.append(task("created", #","name":"n","kind":"code""#, id: id))
      }
      try start(bench)
      return bench
    }
    let rehearsal = try crowded(.memory)
    let asked = try #require(try rehearsal.append(failure).reactions.first)
    #expect(asked.type == "review_requested")
    let bench = try crowded(kind)
    try bench.append(
      #"{"type":"review_requested","payload":{"review_id":"\#(asked.stream.id)","subject":"task-T1","summary":"s","options":[{"decision":"approve","text":"t"}]}}"#
    )
    let receipt = try bench.append(failure)
    #expect(receipt.reactions.isEmpty)
    let dump = try bench.dump()
    #expect(dump.head.position == receipt.position)
    #expect(dump.events.count == Int(receipt.position.rawValue))
  }

  @Test(arguments: LogKind.allCases)
  func `a fix task takes the next name when somebody has the first`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(task("created", #","name":"n","kind":"code""#, id: "FIX-T1"))
    try start(bench)
    let receipt = try bench.append(task("failed", failed))
    #expect(receipt.reactions.map(\.stream.description) == ["task-FIX-T1-2"])
  }

  @Test(arguments: LogKind.allCases)
  func `a reaction never takes an id that another event has`(kind: LogKind) throws {
    let cause = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    let line = String(task("failed", failed).dropLast() + #","event_id":"\#(cause)"}"#)
    let rehearsal = try Bench(.memory)
    try start(rehearsal)
    let id = try #require(try rehearsal.append(line).reactions.first).eventID
    let bench = try Bench(kind)
    try start(bench)
    let thief = try bench.append(
      #"{"type":"thing_noted","payload":{"id":"a"},"event_id":"\#(id)"}"#)
    try bench.append(line)
    let ids = try bench.dump().events.map(\.envelope.eventID)
    #expect(Set(ids).count == ids.count)
    #expect(try bench.engine.event(.id(id)).position == thief.position)
  }

  @Test(arguments: LogKind.allCases)
  func `fixes of fixes end, and then a person is asked`(kind: LogKind) throws {
    let bench = try Bench(kind)
    var id = "T1"
    var types: [[String]] = []
    for depth in 0...4 {
      try start(bench, id: id, isCreated: depth > 0)
      let receipt = try bench.append(task("failed", failed, id: id))
      types.append(receipt.reactions.map(\.type))
      guard let next = receipt.reactions.first, next.type == "task_created" else { break }
      id = next.stream.id
    }
    #expect(types.dropLast().allSatisfy { $0 == ["task_created"] })
    #expect(types.last == ["review_requested"])
    #expect(types.count == 4)
  }

  @Test(arguments: LogKind.allCases)
  func `a budget says once when it is nearly and when it is all spent`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try bench.append(
      #"{"type":"budget_set","payload":{"scope":"total","limit_micro_usd":1000,"mode":"warn"}}"#)
    func charge(_ id: Int, _ amount: Int) throws(LogError) -> [String] {
      try bench.append(
        #"{"type":"cost_charged","payload":{"charge_id":"c\#(id)","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":\#(amount)}}"#
      ).reactions.map(\.type)
    }
    #expect(try charge(1, 799) == [])
    #expect(try charge(2, 1) == ["budget_warning"])
    #expect(try charge(3, 199) == [])
    #expect(try charge(4, 1) == ["budget_exceeded"])
    #expect(try charge(5, 1) == [])
    // The same charge again is no charge.
    #expect(try charge(5, 1) == [])
    #expect(try bench.engine.head().position == Position(8))
  }

  @Test(arguments: LogKind.allCases)
  func `five tool errors in a row open the circuit`(kind: LogKind) throws {
    let bench = try Bench(kind)
    for index in 1...5 {
      let receipt = try bench.append(
        #"{"type":"tool_call_error","payload":{"call_id":"c\#(index)","tool_id":"t","error_code":"E","error_message":"m"}}"#
      )
      #expect(receipt.reactions.map(\.type) == (index == 5 ? ["circuit_opened"] : []))
    }
  }

  @Test(arguments: LogKind.allCases)
  func `a dry run tells the reactions too, and stores none`(kind: LogKind) throws {
    let bench = try Bench(kind)
    try start(bench)
    let before = try bench.dump()
    var dry = AppendOptions()
    dry.isDryRun = true
    #expect(try bench.append(task("failed", failed), dry).reactions.count == 1)
    #expect(try bench.dump() == before)
  }

  /// One charge that crosses both thresholds of three budgets has six reactions.
  private func crossings(_ kind: LogKind, _ rules: Rules) throws -> [String] {
    let bench = try Bench(kind, rules: rules)
    for scope in ["total", "task:T", "worker:w"] {
      try bench.append(
        #"{"type":"budget_set","payload":{"scope":"\#(scope)","limit_micro_usd":1000,"mode":"warn"}}"#
      )
    }
    let receipt = try bench.append(
      #"{"type":"cost_charged","payload":{"charge_id":"c","model":"m","input_tokens":1,"output_tokens":1,"amount_micro_usd":2000,"task_id":"T","worker_id":"w"}}"#
    )
    // What is left out takes nothing of the event itself.
    #expect(try bench.engine.event(.position(receipt.position)).envelope.type == "cost_charged")
    #expect(
      try bench.engine.head().position.rawValue
        == receipt.position.rawValue + UInt64(receipt.reactions.count))
    return receipt.reactions.map(\.type)
  }

  @Test(arguments: LogKind.allCases, [0, 1, 5, 6, 7])
  func `one event has as many reactions as the limit of their number allows`(
    kind: LogKind, most: Int
  ) throws {
    let all = try crossings(kind, Rules())
    #expect(all.count == 6)
    var rules = Rules()
    rules.reactionWidthMax = most
    #expect(try crossings(kind, rules) == Array(all.prefix(most)))
  }

  @Test(arguments: LogKind.allCases, [0, 1, 2])
  func `reactions go as deep as the limit of their depth allows`(kind: LogKind, most: Int) throws {
    var rules = Rules()
    rules.reactionDepthMax = most
    #expect(try crossings(kind, rules).count == (most == 0 ? 0 : 6))
  }
}
