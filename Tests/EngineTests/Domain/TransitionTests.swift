internal import Engine
internal import Events
internal import TestSupport
import Testing

/// What a replay says that each event changed.
@Suite struct TransitionTests {
  private typealias Transition = EntityTracker<AnyLog>.Transition

  private func transitions(_ query: Query, _ bench: Bench) throws -> [Position: Transition] {
    var tracker = EntityTracker(bench.engine)
    var found: [Position: Transition] = [:]
    try bench.engine.replay(query) { (event) throws(LogError) in
      found[event.position] = try tracker.take(event)
      return true
    }
    return found
  }

  @Test func `it is the same backwards, and whatever else is shown`() throws {
    for seed in UInt64(1)...4 {
      let bench = try Bench(.memory, seed: seed)
      var maker = HistoryMaker(seed: seed)
      try maker.grow(bench, count: 400)
      let all = try transitions(Query(), bench)
      #expect(all.values.contains { $0.before != $0.after })
      var backwards = Query()
      backwards.isBackwards = true
      // Reservations are changed in several streams: only going through all events tells how.
      let subjects = all.filter { $0.value.entity.category != "reservation" }
      #expect(try transitions(backwards, bench) == subjects, "seed \(seed)")
      for types in [["task_failed", "task_created"], ["event_reversed"], ["worker_idle"]] {
        var some = Query()
        some.types = types
        let found = try transitions(some, bench)
        #expect(!found.isEmpty)
        #expect(found == subjects.filter { found.keys.contains($0.key) }, "seed \(seed), \(types)")
        some.isBackwards = true
        #expect(try transitions(some, bench) == found, "seed \(seed), \(types) backwards")
      }
    }
  }

  @Test func `going backwards names the state before each event`() throws {
    let bench = try Bench(.memory)
    for (type, more) in [
      ("created", #","name":"n","kind":"code""#), ("assigned", #","worker_id":"w""#),
      ("started", ""), ("failed", #","failure_kind":"crash","error_message":"m""#),
    ] {
      try bench.append(#"{"type":"task_\#(type)","payload":{"task_id":"T"\#(more)}}"#)
    }
    var query = Query()
    query.isBackwards = true
    let found = try transitions(query, bench)
    #expect(found[Position(4)]?.before == "running")
    #expect(found[Position(3)]?.after == "running")
    #expect(found[Position(1)]?.before == nil)
  }
}
