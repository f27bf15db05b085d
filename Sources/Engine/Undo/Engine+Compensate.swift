internal import Bytes
package import Events
internal import JSON
internal import Pipeline
internal import Synchronization

extension Engine {
  /// What undoing a scope would come to; nothing is written.
  package func planUndo(_ scope: UndoScope) throws(LogError) -> UndoPlan {
    var planner = UndoPlanner(scope: scope, catalog: catalog, rules: rules)
    return try log.read(&planner)
  }

  /// Undoes a scope in one transaction.
  ///
  /// The plan is made anew when somebody writes meanwhile.
  ///
  /// - Returns: the plan that was carried out, its proofs read back from the log, and the
  ///   receipts of the reversals.
  package func compensate(
    _ scope: UndoScope, reason: String, operator: String?, _ options: AppendOptions
  ) throws(LogError) -> (plan: UndoPlan, receipts: [Receipt]) {
    var options = options
    options.isAtomic = true
    for _ in 0..<8 {
      var plan = try planUndo(scope)
      guard !plan.steps.isEmpty else { return (plan, []) }
      do throws(LogError) {
        let drafts = try plan.steps.map { step throws(LogError) in
          try reversalDraft(step, reason: reason, operator: `operator`)
        }
        let receipts = try append(drafts, options).map { outcome throws(LogError) in
          try outcome.get()
        }
        if !options.isDryRun { plan.proofs = try checked(plan.proofs) }
        return (plan, receipts)
      } catch {
        guard error.code == .conflict else { throw error }
      }
    }
    throw LogError(
      .conflict, "the streams keep moving on while the undoing is planned",
      hint: "Run the command again when fewer programs write to them")
  }

  private func reversalDraft(
    _ step: UndoPlan.Step, reason: String, operator: String?
  ) throws(LogError) -> PreparedDraft {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("target")
    writer.string(step.target.envelope.eventID.description)
    writer.key("reason")
    writer.string(reason)
    if let `operator` {
      writer.key("operator")
      writer.string(`operator`)
    }
    writer.endObject()
    guard let payload = Payload(writer.bytes) else {
      throw LogError(.badInput, "the reason can't be written as JSON")
    }
    var draft = Draft(type: EventType.event_reversed.name, payload: payload)
    draft.source = "uetlog"
    draft.runID = step.target.envelope.runID
    draft.causationID = step.target.envelope.eventID
    draft.reverses = step.target.envelope.eventID
    let prepared = try preparer.withLock { (preparer) throws(LogError) in
      try preparer.prepare(draft)
    }
    let target = step.target.envelope
    return prepared.reversing(
      target.eventID, stream: target.stream, entity: step.entity, step.reversal)
  }

  /// The proofs with the digests of the rows as they now are.
  private func checked(_ proofs: [UndoPlan.Proof]) throws(LogError) -> [UndoPlan.Proof] {
    try proofs.map { proof throws(LogError) in
      var read = ReadState(name: proof.entity)
      var proof = proof
      if let state = try log.read(&read) {
        proof.after = proof.isOfAllFields ? state.digest : state.judgedDigest
      }
      return proof
    }
  }
}

/// Reads the state of one entity.
struct ReadState: ReadUnit {
  let name: Name

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> (any EntityState)? {
    guard let number = try tables.number(of: name), let row = try tables.row(number) else {
      return nil
    }
    return try decodeState(row)
  }
}
