internal import TestSupport

/// Tasks, workers, tools and what they cost.
extension DraftMaker {
  mutating func task(_ model: Model) -> Proposal {
    let id = taskID()
    let entity = "task-\(id)"
    let own = #""task_id":"\#(id)""#
    if generator.chance(7) {
      return Proposal("task_progress", entity, own + #","progress":\#(generator.int(0...9))"#)
    }
    let target = target(entity, model)
    let (type, more) = taskEvent(to: target, from: model.states.state(of: entity))
    return Proposal(type, entity, own + more, target: target)
  }

  private mutating func taskEvent(to target: String, from: String?) -> (String, String) {
    switch target {
    case "pending":
      switch from {
      case "blocked": return ("task_unblocked", "")
      case nil: return ("task_created", declaration())
      default: return ("task_retried", "")
      }
    case "blocked": return ("task_blocked", #","by":"review-R1""#)
    case "assigned": return ("task_assigned", #","worker_id":"\#(workerID())""#)
    case "running": return ("task_started", "")
    case "failed":
      let kind = generator.pick(["test", "lint", "crash", "other"]) ?? ""
      let text = "e\(generator.int(1...3))"
      return ("task_failed", #","failure_kind":"\#(kind)","error_message":"\#(text)""#)
    default: return ("task_\(target)", "")
    }
  }

  private mutating func declaration() -> String {
    var text = #","name":"n","kind":"code""#
    if generator.chance(4) { text += #","depends_on":["T\#(some(4))"]"# }
    if generator.chance(3) { text += #","workstream_id":"W\#(some(2))""# }
    if generator.chance(3) { text += #","phase_id":"P\#(some(2))""# }
    return text
  }

  mutating func worker(_ model: Model) -> Proposal {
    let id = workerID()
    let entity = "worker-\(id)"
    let own = #""worker_id":"\#(id)""#
    switch generator.int(0...9) {
    case 0...1:
      return Proposal("worker_heartbeat", entity, own + #","progress":\#(generator.int(0...3))"#)
    case 2: return Proposal("worker_error", entity, own + #","error":"e""#)
    case 3: return Proposal("worker_quarantined", entity, own + #","reason":"r""#)
    case 4: return Proposal("worker_released", entity, own + #","operator":"o","reason":"r""#)
    default: break
    }
    let target = target(entity, model)
    let more =
      switch target {
      case "SPAWNING": #","adapter_type":"aider""#
      case "BUSY": #","task_id":"\#(taskID())""#
      default: ""
      }
    let type = target == "SPAWNING" ? "worker_spawned" : "worker_\(target.lowercased())"
    return Proposal(type, entity, own + more, target: target)
  }

  mutating func tool(_ model: Model) -> Proposal {
    let id = "t\(generator.int(1...2))"
    let entity = "tool-\(id)"
    let own = #""tool_id":"\#(id)""#
    let call = own + #","call_id":"c\#(generator.int(1...99))","worker_id":"\#(workerID())""#
    switch generator.int(0...9) {
    case 0: return Proposal("tool_call_started", entity, call)
    case 1:
      return Proposal("tool_call_completed", entity, call + #","exit_code":0,"duration_ms":5"#)
    case 2...5:
      return Proposal("tool_call_error", entity, call + #","error_code":"E","error_message":"m""#)
    case 6:
      return Proposal(
        "circuit_reset", entity, own + #","operator":"o","reason":"r""#, target: "closed")
    default: break
    }
    switch target(entity, model) {
    case "half_open": return Proposal("circuit_half_opened", entity, own, target: "half_open")
    case "closed": return Proposal("circuit_closed", entity, own, target: "closed")
    default:
      return Proposal(
        "circuit_opened", entity, own + #","reason":"r","failures":5"#, target: "open")
    }
  }

  mutating func money(_ run: String?) -> Proposal {
    let stream = "cost-\(run ?? "log")"
    let id = "r\(some(9))"
    let entity = "reservation-\(id)"
    let reservation = #""reservation_id":"\#(id)""#
    switch generator.int(0...9) {
    case 0...2:
      let amount = #","estimate_micro_usd":\#(generator.int(0...500))"#
      var proposal = Proposal("cost_reserved", stream, reservation + amount + scopes())
      proposal.entity = entity
      proposal.unique = ("cost_reserved \(id)", false)
      return proposal
    case 3...6:
      let charge = "c\(some(60))"
      var members = #""charge_id":"\#(charge)","model":"m\#(generator.int(1...2))""#
      members += #","input_tokens":\#(generator.int(0...90)),"output_tokens":7"#
      members += #","amount_micro_usd":\#(generator.int(0...400))"#
      let isReserved = generator.chance(2)
      if isReserved { members += "," + reservation }
      var proposal = Proposal("cost_charged", stream, members + scopes())
      proposal.entity = isReserved ? entity : nil
      proposal.unique = ("cost_charged \(charge)", false)
      return proposal
    case 7: return Proposal("cost_released", stream, reservation, entity: entity)
    default:
      let scope = generator.pick(["total", "task:T1", "worker:w1", "phase:P1", "model:m1"]) ?? ""
      let mode = generator.pick(["warn", "halt", "review"]) ?? ""
      return Proposal(
        "budget_set", "budget-\(scope)",
        #""scope":"\#(scope)","limit_micro_usd":\#(generator.int(100...5000)),"mode":"\#(mode)""#)
    }
  }

  private mutating func scopes() -> String {
    var scopes = ""
    if generator.chance(2) { scopes += #","task_id":"\#(taskID())""# }
    if generator.chance(3) { scopes += #","worker_id":"\#(workerID())""# }
    if generator.chance(4) { scopes += #","project_id":"p1""# }
    return scopes
  }
}
