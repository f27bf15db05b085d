internal import Bytes
internal import Engine
internal import Events
internal import TestSupport

/// Actors that undo.
extension World {
  /// Undoes one event, most often something recent; much can't be undone.
  func undoOne(_ actor: Int) throws {
    let recent = model.events.suffix(maker.generator.chance(3) ? 200 : 15)
    guard let target = maker.generator.pick(recent) else { return }
    var proposal = reversal(of: target.receipt.eventID, in: target.stream)
    proposal.eventID = maker.generator.chance(2) ? maker.id() : nil
    arm(actor)
    let count = model.count
    try append(proposal, actor)
    if model.count > count { figures.undone += 1 }
  }

  /// Undoes a stream back to a revision, or a run.
  func compensate(_ actor: Int) throws {
    guard let stream = maker.generator.pick(model.revisions.keys.sorted()),
      let name = Name(stream)
    else { return }
    let revision = model.revisions[stream] ?? 0
    let scope: UndoScope
    if maker.generator.chance(3), let run = ULID(maker.run()) {
      scope = .run(run)
    } else {
      scope = .stream(name, after: revision - min(revision, UInt64(maker.generator.int(1...4))))
    }
    trace.note("actor \(actor) compensates \(scope)")
    arm(actor)
    var targets: [ULID] = []
    var proofs = true
    let attempt = try onAll { (site, _) throws(LogError) in
      targets = try site.engines[actor].planUndo(scope).steps.map(\.target.envelope.eventID)
      let done = try site.engines[actor].compensate(
        scope, reason: "r", operator: nil, AppendOptions())
      // The plan is made anew when another actor came first.
      targets = done.plan.steps.map(\.target.envelope.eventID)
      proofs = proofs && done.plan.proofs.allSatisfy(\.holds)
      return done.receipts.map { AppendUnit.Outcome.success($0) }
    }
    if let error = attempt.error, error.code.isRefusal { return }
    try demand(proofs, "an entity is not back where it was")
    let proposals = targets.map { id in
      let target = model.stored(id)
      var proposal = reversal(of: id, in: target?.stream ?? "")
      proposal.runID = target?.runID
      return proposal
    }
    figures.undone += attempt.result?.count ?? attempt.lost?.count ?? 0
    if attempt.result == nil, attempt.lost == nil { return }
    try take(attempt, proposals, actor, isAtomic: true)
  }

  /// A draft that undoes something recent; it is worked out when it is prepared.
  func plannedReversal() -> Proposal? {
    guard let target = maker.generator.pick(model.events.suffix(20)) else { return nil }
    var proposal = reversal(of: target.receipt.eventID, in: target.stream)
    proposal.plannedAt = model.revisions[target.stream]
    return proposal
  }

  private func reversal(of target: ULID, in stream: String) -> Proposal {
    var proposal = Proposal("event_reversed", stream, #""target":"\#(target)","reason":"r""#)
    proposal.source = "uetlog"
    proposal.reverses = target
    return proposal
  }
}
