internal import TestSupport

/// Patches, gates, reviews, sagas, errors, and what they are part of.
extension DraftMaker {
  mutating func patch(_ model: Model) -> Proposal {
    let id = patchID()
    let entity = "patch-\(id)"
    let own = #""patch_id":"\#(id)""#
    switch generator.int(0...9) {
    case 0: return Proposal("patch_apply_started", entity, own)
    case 1:
      return Proposal("patch_validation_failed", entity, own + validation(isGood: false))
    default: break
    }
    let target = target(entity, model)
    if target == "created" { return creation(id) }
    let more =
      switch target {
      case "validated": validation(isGood: !generator.chance(8))
      case "apply_failed": #","error_code":"E","error_message":"m""#
      case "verified": #","tests_ran":true,"tests_passed":\#(!generator.chance(6))"#
      case "committed": #","commit_sha":"9505cacb7c710ed17125fcc6cb3669e8ddca6c8c""#
      case "rolled_back", "quarantined", "dropped": #","reason":"r""#
      default: ""
      }
    let type = target == "applied" ? "patch_apply_succeeded" : "patch_\(target)"
    return Proposal(type, entity, own + more, target: target)
  }

  private mutating func creation(_ id: String) -> Proposal {
    let request = "0000000000000000000000R\(100 + some(6))"
    let change = generator.int(1...3)
    let diff =
      #"diff --git a/a.py b/a.py\nindex 3b18e51..9daeafb 100644\n--- a/a.py\n+++ b/a.py\n"#
      + #"@@ -1,2 +1,3 @@\n import time\n+LIMIT = \#(change)\n \n"#
    var proposal = Proposal(
      "patch_created", "patch-\(id)",
      #""project_id":"p1","artifact":{"patch_id":"\#(id)","format":"unified_diff","#
        + #""target_repo":"r","base_ref":"main","#
        + #""base_commit":"cae662172fd450bb0cd710a769079c05bfc5d8e3","#
        + #""origin":{"execution_request_id":"\#(request)","tool_id":"aider","#
        + #""created_at":"2025-11-22T09:15:08Z"},"diff_text":"\#(diff)"}"#, target: "created")
    proposal.unique = ("patch_created \(request) \(change)", true)
    return proposal
  }

  private mutating func validation(isGood: Bool) -> String {
    return #","validation":{"format_ok":true,"scope_ok":\#(isGood),"constraints_ok":true,"#
      + #""validation_errors":[]},"#
      + TestPatches.record(
        #""max_lines_changed":500,"max_files_changed":10,"#
          + #""min_reviewers":\#(generator.chance(4) ? 1 : 0),"tests_required":false"#)
  }

  mutating func gate(_ model: Model) -> Proposal {
    let id = "G\(generator.int(1...2))"
    let stream = "gate-\(id)"
    if generator.chance(8) {
      return Proposal(
        "gate_declared", stream, #""gate_id":"\#(id)","name":"n","gate_type":"unit_tests""#,
        entity: "none")
    }
    let subject =
      generator.chance(2)
      ? "task-\(taskID())" : "patch-\(patchID())"
    let entity = "\(stream)/\(subject)"
    let target = target(entity, model)
    let types = ["pending": "gate_unblocked", "running": "gate_started"]
    let more =
      switch target {
      case "failed": #","failure_kind":"test""#
      case "error": #","error_code":"E","error_message":"m""#
      case "blocked": #","by":"gate-G2""#
      default: ""
      }
    return Proposal(
      types[target] ?? "gate_\(target)", stream,
      #""gate_id":"\#(id)","subject":"\#(subject)""# + more, entity: entity, target: target)
  }

  mutating func review(_ model: Model) -> Proposal {
    let id = "R\(some(3))"
    let entity = "review-\(id)"
    let target = target(entity, model)
    let subject = "patch-\(patchID())"
    let more =
      switch target {
      case "requested":
        #","subject":"\#(subject)","summary":"s","options":[{"key":"a","decision":"approve","#
          + #""text":"t"}]"#
      case "assigned": #","assignee":"a""#
      case "decided":
        #","decision":"\#(generator.pick(["approve", "reject"]) ?? "")","by":"a""#
      default: #","reason":"r""#
      }
    return Proposal(
      "review_\(target)", entity, #""review_id":"\#(id)""# + more, target: target)
  }

  /// The saga's number says how many steps it has.
  mutating func saga(_ model: Model) -> Proposal {
    let count = generator.int(1...3)
    let id = "S\(count)x\(some(1))"
    let entity = "saga-\(id)"
    let own = #""saga_id":"\#(id)""#
    guard model.states.state(of: entity) != nil else {
      let steps = (1...count).map {
        #"{"step":"s\#($0)","action":"a","compensation":{"type":"skip"}}"#
      }
      return Proposal(
        "saga_started", entity,
        own + #","name":"n","subject":"phase-P1","steps":[\#(steps.joined(separator: ","))]"#,
        target: "running")
    }
    let number = generator.int(1...count)
    let step = own + #","step":"s\#(number)""#
    let failure = #","error_code":"E","error_message":"m""#
    switch generator.int(0...9) {
    case 0...2: return Proposal("saga_step_started", entity, step)
    case 3...5:
      return Proposal(
        "saga_step_completed", entity, step, target: number == count ? "completed" : nil)
    case 6: return Proposal("saga_step_failed", entity, step + failure)
    case 7:
      return Proposal(
        "saga_compensation_started", entity, own + #","steps":["s1"],"reason":"r""#,
        target: "compensating")
    case 8:
      return Proposal(
        "saga_compensation_completed", entity, own + #","steps":["s1"]"#, target: "compensated")
    default:
      return Proposal(
        "saga_compensation_failed", entity, step + failure, target: "compensation_failed")
    }
  }

  mutating func run(_ model: Model) -> Proposal {
    let id = run()
    let own = #""run_id":"\#(id)""#
    let target = target("run-\(id)", model)
    switch target {
    case "pending":
      return Proposal("run_created", "run-\(id)", own + #","project_id":"p1""#, target: target)
    case "running": return Proposal("run_started", "run-\(id)", own, target: target)
    default:
      return Proposal(
        "run_state_changed", "run-\(id)", own + #","to":"\#(target)""#, target: target)
    }
  }

  mutating func phase(_ model: Model) -> Proposal {
    let id = "P\(some(2))"
    let target = target("phase-\(id)", model)
    guard target == "planned" else {
      return Proposal(
        "phase_transition", "phase-\(id)", #""phase_id":"\#(id)","to":"\#(target)""#,
        target: target)
    }
    return Proposal(
      "phase_declared", "phase-\(id)",
      #""spec":{"phase_id":"\#(id)","name":"n","category":"core_dev","#
        + #""resource_scope":{"type":"files","write":["a.py"]},"#
        + #""constraints":{"patch":{"max_lines_changed":300}},"#
        + #""acceptance":{"mode":"all","checks":[{"id":"unit","type":"test_command","#
        + #""command":"pytest -q","required":true}]}}"#, target: target)
  }

  mutating func workstream(_ model: Model) -> Proposal {
    let id = "W\(some(2))"
    let own = #""workstream_id":"\#(id)""#
    let target = target("workstream-\(id)", model)
    guard target == "planned" else {
      return Proposal(
        "workstream_state_changed", "workstream-\(id)", own + #","to":"\#(target)""#,
        target: target)
    }
    return Proposal("workstream_created", "workstream-\(id)", own, target: target)
  }

  /// Merges, requests, and what is told of tasks and workers beside their states.
  mutating func aside(_ model: Model) -> Proposal {
    switch generator.int(0...9) {
    case 0...5: return merge(model)
    case 6...7:
      let id = "0000000000000000000000R\(100 + some(6))"
      return Proposal(
        "execution_requested", "request-\(id)",
        #""request":{"request_id":"\#(id)","project_id":"p1","phase_id":"P1","#
          + #""workstream_id":"W1","task_kind":"code_edit","classification":{"#
          + #""complexity":"simple","priority":"high"},"resource_scope":{"write":["a.py"]},"#
          + #""constraints":{"patch_only":true},"routing":{"strategy":"auto","#
          + #""allowed_tools":["aider"]}}"#)
    case 8:
      let id = taskID()
      return Proposal(
        "task_reprioritized", "task-\(id)",
        #""task_id":"\#(id)","priority":\#(generator.int(1...5)),"reason":"r""#)
    default:
      let id = workerID()
      return Proposal(
        "worker_health_check_failed", "worker-\(id)", #""worker_id":"\#(id)","status":"stale""#)
    }
  }

  private mutating func merge(_ model: Model) -> Proposal {
    let id = "m\(some(3))"
    let entity = "merge-\(id)"
    let target = target(entity, model)
    let more =
      target == "conflict"
      ? #","code":"E_MERGE_CONFLICT","file_path":"a.py","conflict_type":"line_overlap","#
        + #""patch_id_1":"\#(patchID())","patch_id_2":"\#(patchID())""#
      : ""
    return Proposal("merge_\(target)", entity, #""merge_id":"\#(id)""# + more, target: target)
  }

  mutating func error(_ model: Model) -> Proposal {
    let id = "e\(some(3))"
    let own = #""error_id":"\#(id)""#
    let target = target("error-\(id)", model)
    let (type, more) =
      switch target {
      case "raised": ("error_raised", #","code":"C","message":"m""#)
      case "in_pipeline": ("error_pipeline_triggered", #","stage":"s","attempt":1"#)
      default: ("error_resolved", #","by":"a","resolution":"r""#)
      }
    return Proposal(type, "error-\(id)", own + more, target: target)
  }
}
