internal import Bytes
internal import Events
internal import JSON

extension TaskState {
  package static var reacts: Bool { true }

  /// A failure of tests, lint or build makes a fix task; a completed fix task puts the failed one
  /// up again.
  ///
  /// Where fixing has no end, a person is asked.
  package func reactions(
    from before: TaskState, to event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] {
    switch event.type {
    case .task_failed where status == .failed && lastFailed == event.position:
      let report = FailureReport(event.payload)
      let isKnown = before.errorSignature == report.signature && openFixes > 0
      return isKnown ? [] : mend(report, event, context)
    case .gate_failed where failedGates > before.failedGates && openFixes == 0:
      return mend(FailureReport(event.payload), event, context)
    case .task_completed where before.openFixes > 0 && openFixes == 0 && status == .failed:
      guard retries < retriesAllowed(context.rules) else { return [] }
      return [.taskRetried(context.name, after: event.payload.text("task_id") ?? "its fix")]
    default: return []
    }
  }

  /// So many names are tried for one fix task.
  private static let fixNamesMax = 3

  private func mend(
    _ report: FailureReport, _ event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] {
    guard let impact = report.impact else { return [] }
    let task = context.name.id
    let first = Int(max(0, fixes)) + 1
    let fix = FixName.name(for: task, ordinal: first)
    let depth = FixName.depth(of: task) + 1
    let canRetry = status != .failed || retries < retriesAllowed(context.rules)
    guard depth <= context.rules.fixDepthMax, canRetry, fix.utf8.count <= FixName.byteCountMax
    else { return [askForHelp(report, event, context)] }
    let urgency = priority == 0 ? impact : min(priority, impact)
    // Somebody may have taken the name for a task of another kind: then the next one is tried, and
    // at last a person asked.
    var choices = (first..<first + Self.fixNamesMax)
      .map { FixName.name(for: task, ordinal: $0) }
      .filter { $0.utf8.count <= FixName.byteCountMax }
      .map { Reaction.fixTask($0, of: task, report, event, depth: depth, priority: urgency) }
    choices.append(askForHelp(report, event, context))
    var reaction = choices.removeFirst()
    reaction.alternatives = choices
    return [reaction]
  }

  private func askForHelp(
    _ report: FailureReport, _ event: DomainEvent, _ context: ReactContext
  ) -> Reaction {
    .review(
      of: context.name, because: event,
      "\(context.name) still fails after \(fixes) fixes and \(retries) retries: \(report.message)",
      [
        ReviewOption(decision: "approve", text: "try again"),
        ReviewOption(decision: "adjust", text: "change the task"),
        ReviewOption(decision: "reject", text: "give it up"),
      ])
  }
}

extension Reaction {
  fileprivate static func taskRetried(_ task: Name, after fix: String) -> Reaction {
    var json = JSONWriter()
    json.beginObject()
    json.key("task_id")
    json.string(task.id)
    json.key("reason")
    json.string("\(fix) is completed")
    json.endObject()
    return Reaction(.task_retried, json.bytes)
  }

  fileprivate static func fixTask(
    _ fix: String, of task: String, _ report: FailureReport, _ event: DomainEvent, depth: Int,
    priority: UInt8
  ) -> Reaction {
    var json = JSONWriter()
    json.beginObject()
    json.key("task_id")
    json.string(fix)
    json.key("name")
    json.string("fix \(report.kind) failure of \(task)")
    json.key("kind")
    json.string("fix")
    json.key("parent_task_id")
    json.string(task)
    json.key("priority")
    json.int(priority)
    json.key("error_context")
    json.beginObject()
    json.key("event_id")
    json.string(event.eventID.description)
    json.key("failure_kind")
    json.string(report.kind)
    if let code = report.code {
      json.key("error_code")
      json.string(code)
    }
    json.key("error_message")
    json.string(report.message.cut(toScalars: 16_384))
    json.key("signature")
    json.string(report.signatureText)
    json.key("depth")
    json.int(depth)
    json.endObject()
    json.endObject()
    return Reaction(.task_created, json.bytes)
  }
}
