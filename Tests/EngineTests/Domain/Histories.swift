internal import Bytes
internal import Engine
internal import Events
internal import TestSupport

/// Random histories over a small world, in which much is refused, undone, late and repeated.
struct HistoryMaker {
  var generator: SeededEntropy
  /// Ids of stored events, to be undone.
  private var stored: [ULID] = []

  init(seed: UInt64) { generator = SeededEntropy(seed: seed) }

  /// Appends about `count` random drafts in batches of random sizes.
  mutating func grow(_ bench: Bench, count: Int) throws(LogError) {
    var left = count
    while left > 0 {
      bench.clock.advance(seconds: Int64(generator.int(-2...30)))
      if generator.chance(6) {
        undo(bench)
        left -= 1
        continue
      }
      let size = min(left, generator.int(1...12))
      left -= size
      var prepared: [PreparedDraft] = []
      for _ in 0..<size {
        let line = self.line()
        var draft = try bench.draft(line)
        if generator.chance(15) { draft.flags.insert(.imported) }
        prepared.append(try bench.engine.prepare(draft))
      }
      for case .success(let receipt) in try bench.engine.append(prepared) {
        stored.append(receipt.eventID)
        stored += receipt.reactions.map(\.eventID)
      }
    }
  }

  /// Tries to undo something, most often something recent.
  private mutating func undo(_ bench: Bench) {
    let recent = generator.chance(3) ? stored[...] : stored.suffix(15)
    guard let target = generator.pick(recent) else { return }
    let line = #"{"type":"event_reversed","payload":{"target":"\#(target)","reason":"r"}}"#
    if let receipt = try? bench.append(line) { stored.append(receipt.eventID) }
  }

  mutating func line() -> String {
    let (type, payload) = draft()
    var members = [#""type":"\#(type)""#, #""payload":{\#(payload)}"#]
    if generator.chance(2) { members.append(#""run_id":"\#(run())""#) }
    if generator.chance(20) { members.append(#""expect":\#(generator.int(0...3))"#) }
    return "{" + members.joined(separator: ",") + "}"
  }

  private mutating func run() -> String { "0000000000000000000000000\(generator.int(1...3))" }
  private mutating func task() -> String { #""task_id":"T\#(generator.int(1...5))""# }
  private mutating func worker() -> String { #""worker_id":"w\#(generator.int(1...4))""# }

  private mutating func draft() -> (String, String) {
    switch generator.int(0...9) {
    case 0...2: taskDraft()
    case 3...4: workerDraft()
    case 5...6: moneyDraft()
    case 7: toolDraft()
    case 8: runDraft()
    default: otherDraft()
    }
  }

  private mutating func taskDraft() -> (String, String) {
    switch generator.int(0...9) {
    case 0...1: ("task_created", task() + #","name":"n","kind":"code""#)
    case 2...3: ("task_assigned", task() + "," + worker())
    case 4...5: ("task_started", task())
    case 6: ("task_completed", task())
    case 7:
      (
        "task_failed",
        task()
          + #","failure_kind":"\#(generator.pick(["test", "crash"]) ?? "")","error_message":"e\#(generator.int(1...3))""#
      )
    case 8: ("task_progress", task() + #","progress":\#(generator.int(0...9))"#)
    default: (generator.pick(["task_retried", "task_cancelled"]) ?? "", task())
    }
  }

  private mutating func workerDraft() -> (String, String) {
    switch generator.int(0...7) {
    case 0...1: ("worker_spawned", worker() + #","adapter_type":"a""#)
    case 2: ("worker_idle", worker())
    case 3: ("worker_busy", worker() + "," + task())
    case 4: ("worker_heartbeat", worker() + #","progress":\#(generator.int(0...3))"#)
    case 5: ("worker_error", worker() + #","error":"e""#)
    case 6: ("worker_terminated", worker())
    default: ("worker_quarantined", worker() + #","reason":"r""#)
    }
  }

  private mutating func scopes() -> String {
    var scopes = ""
    if generator.chance(2) { scopes += "," + task() }
    if generator.chance(2) { scopes += "," + worker() }
    if generator.chance(2) { scopes += #","project_id":"p\#(generator.int(1...2))""# }
    return scopes
  }

  private mutating func moneyDraft() -> (String, String) {
    let reservation = #""reservation_id":"r\#(generator.int(1...12))""#
    switch generator.int(0...9) {
    case 0...2:
      return (
        "cost_reserved",
        reservation + #","estimate_micro_usd":\#(generator.int(0...500))"# + scopes()
      )
    case 3...6:
      let link = generator.chance(2) ? "," + reservation : ""
      return (
        "cost_charged",
        #""charge_id":"c\#(generator.int(1...400))","model":"m\#(generator.int(1...2))","input_tokens":\#(generator.int(0...90)),"output_tokens":\#(generator.int(0...9)),"amount_micro_usd":\#(generator.int(0...400))"#
          + link + scopes()
      )
    case 7: return ("cost_released", reservation)
    default:
      return (
        "budget_set",
        #""scope":"\#(generator.pick(["total", "task:T1", "worker:w1", "project:p1"]) ?? "")","limit_micro_usd":\#(generator.int(100...9000)),"mode":"\#(generator.pick(["warn", "halt", "review"]) ?? "")""#
      )
    }
  }

  private mutating func toolDraft() -> (String, String) {
    let tool = #""call_id":"k\#(generator.int(1...99))","tool_id":"t\#(generator.int(1...2))""#
    switch generator.int(0...3) {
    case 0: return ("tool_call_started", tool + "," + worker())
    case 1: return ("tool_call_completed", tool + #","exit_code":0,"duration_ms":5"#)
    default:
      return (
        "tool_call_error", tool + #","error_code":"E","error_message":"m","# + worker()
      )
    }
  }

  private mutating func runDraft() -> (String, String) {
    let run = #""run_id":"\#(run())""#
    switch generator.int(0...3) {
    case 0: return ("run_created", run + #","project_id":"p""#)
    case 1: return ("run_started", run)
    default:
      let target = generator.pick(["succeeded", "failed", "canceled"]) ?? ""
      return ("run_state_changed", run + #","to":"\#(target)""#)
    }
  }

  private mutating func otherDraft() -> (String, String) {
    switch generator.int(0...2) {
    case 0: ("note", #""text":"n\#(generator.int(0...9))""#)
    case 1: ("thing_noted", #""id":"\#(generator.int(1...3))""#)
    default: ("error_raised", #""error_id":"e\#(generator.int(1...5))","code":"C","message":"m""#)
    }
  }
}
