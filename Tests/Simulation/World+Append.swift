internal import Engine
internal import Events
internal import TestSupport

/// Actors that append.
extension World {
  func appendOne(_ actor: Int) throws {
    let proposal = maker.next(model, actor: actor)
    arm(actor)
    try append(proposal, actor)
  }

  /// Appends a draft by itself, as `append` of the command line does.
  func append(_ proposal: Proposal, _ actor: Int) throws {
    trace.note("actor \(actor) appends \(proposal.line)")
    let attempt = try onAll { (site, _) throws(LogError) in
      try site.engines[actor].append(proposal.draft(breakage))
    }
    try take(attempt.asOutcomes, [proposal], actor, isAtomic: true)
  }

  /// Several drafts in one transaction: each by itself, or all or none.
  func appendBatch(_ actor: Int) throws {
    let proposals = (0..<maker.generator.int(1...9)).map { _ in draft(actor) }
    guard let batch = try prepared(proposals, actor) else { return }
    arm(actor)
    try append(batch, actor)
  }

  /// Prepares drafts that are appended when the log has moved on.
  func prepare(_ actor: Int) throws {
    let proposals = (0..<maker.generator.int(1...3)).map { _ in draft(actor) }
    if let batch = try prepared(proposals, actor) { waiting[actor].append(batch) }
  }

  /// A draft for later, which may undo something.
  private func draft(_ actor: Int) -> Proposal {
    (maker.generator.chance(6) ? plannedReversal() : nil) ?? maker.next(model, actor: actor)
  }

  func appendWaiting(_ actor: Int) throws {
    guard !waiting[actor].isEmpty else { return try appendOne(actor) }
    let batch = waiting[actor].removeFirst()
    arm(actor)
    try append(batch, actor)
  }

  /// Prepares those that can be.
  private func prepared(_ proposals: [Proposal], _ actor: Int) throws -> Waiting? {
    var batch = Waiting(proposals: [], prepared: Array(repeating: [], count: sites.count))
    for proposal in proposals {
      trace.note("actor \(actor) prepares \(proposal.line)")
      var drafts: [PreparedDraft] = []
      let attempt = try onAll { (site, _) throws(LogError) in
        drafts.append(
          try site.engines[actor].prepare(proposal.draft(breakage)))
        return true
      }
      if let error = attempt.error {
        try model.takeRefusal(error, of: proposal)
      } else {
        batch.proposals.append(proposal)
        for (index, draft) in drafts.enumerated() { batch.prepared[index].append(draft) }
      }
    }
    return batch.proposals.isEmpty ? nil : batch
  }

  private func append(_ batch: Waiting, _ actor: Int) throws {
    var options = AppendOptions()
    options.isAtomic = maker.generator.chance(3)
    trace.note("actor \(actor) commits \(batch.proposals.count), atomic \(options.isAtomic)")
    let attempt = try onAll { (site, index) throws(LogError) in
      try site.engines[actor].append(batch.prepared[index], options)
    }
    try take(attempt, batch.proposals, actor, isAtomic: options.isAtomic)
  }

  /// Judges what a transaction came to.
  func take(
    _ attempt: Attempt<[AppendUnit.Outcome]>, _ proposals: [Proposal], _ actor: Int,
    isAtomic: Bool
  ) throws {
    if let outcomes = attempt.result ?? attempt.lost {
      try demand(outcomes.count == proposals.count, "\(outcomes.count) outcomes")
      for (proposal, outcome) in zip(proposals, outcomes) {
        try model.take(outcome, of: proposal, now: clock.now())
      }
      remember()
    }
    guard let error = attempt.error else { return }
    switch error.code {
    case .outcomeUnknown:
      try demand(attempt.lost != nil, "an outcome is unknown, and nothing went wrong")
      unsettled[actor] += proposals.filter { $0.eventID != nil || $0.key != nil }
    case .busy, .noSpace, .system:
      // Nothing is stored; who gave an id tries again.
      unsettled[actor] += proposals.filter { $0.eventID != nil && $0.flaw == nil }
    default:
      try demand(isAtomic && error.code.isRefusal, "unexpectedly \(error)")
      if proposals.count == 1 { try model.takeRefusal(error, of: proposals[0]) }
    }
  }

  /// Sends again what the actor has no receipt of.
  func settle(_ actor: Int) throws {
    let proposals = unsettled[actor]
    unsettled[actor] = []
    for proposal in proposals { try append(proposal, actor) }
  }

  /// Sends an earlier event again, as it was or with other content.
  func repeatEarlier(_ actor: Int) throws {
    let own = model.events.suffix(80).compactMap(\.proposal).filter {
      $0.reverses == nil && ($0.eventID != nil || $0.key != nil || $0.unique != nil)
    }
    guard var proposal = maker.generator.pick(own) else { return }
    if proposal.isMasked, proposal.eventID != nil, maker.generator.chance(2) {
      try exportAndImport(&proposal)
    } else if maker.generator.chance(4), proposal.type == "note" || proposal.type == "task_progress"
    {
      proposal.members = proposal.members.replacingDigits(by: maker.generator.int(0...9))
    }
    arm(actor)
    try append(proposal, actor)
  }

  /// Makes a draft of what is stored of a masked event, as an export does.
  private func exportAndImport(_ proposal: inout Proposal) throws {
    guard let id = proposal.eventID,
      let payload = try sites[0].engines[0].event(.id(id)).payload
    else { return }
    proposal.original = proposal.content
    proposal.members = String(decoding: payload.dropFirst().dropLast(), as: UTF8.self)
  }

  /// Everything is decided and nothing is stored: the log is looked at by whatever comes next.
  func dryRun(_ actor: Int) throws {
    let proposal = maker.next(model, actor: actor)
    var options = AppendOptions()
    options.isDryRun = true
    trace.note("actor \(actor) tries \(proposal.line)")
    _ = try onAll { (site, _) throws(LogError) in
      try site.engines[actor].append(proposal.draft(nil), options)
    }
  }
}

extension Attempt where Result == Receipt {
  /// The same as of a batch of one.
  var asOutcomes: Attempt<[AppendUnit.Outcome]> {
    Attempt<[AppendUnit.Outcome]>(
      result: result.map { [.success($0)] }, lost: lost, error: error)
  }
}

extension String {
  /// The text with another last digit.
  fileprivate func replacingDigits(by digit: Int) -> String {
    String(map { $0.isNumber ? Character(String(digit)) : $0 })
  }
}
