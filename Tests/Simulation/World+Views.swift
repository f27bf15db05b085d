internal import Engine
internal import EventLog
internal import Events
internal import Pipeline
internal import TestSupport

/// Actors that show views, make rows anew, and compact the log.
extension World {
  /// Shows a view as it is now, and as a fold of the log up to now makes it.
  func project(_ actor: Int) throws {
    guard let view = maker.generator.pick(views) else { return }
    trace.note("actor \(actor) projects \(view.name)")
    figures.projections += 1
    arm(actor)
    let now = clock.now()
    let attempt = try onAll { (site, _) throws(LogError) in
      let engine = site.engines[actor]
      var kept: [ViewEntry] = []
      var folded: [ViewEntry] = []
      try engine.project(view, now: now) { entry in
        kept.append(entry)
        return true
      }
      try engine.project(view, at: try engine.head().position, now: now) { entry in
        folded.append(entry)
        return true
      }
      return [kept, folded]
    }
    guard let entries = attempt.result else {
      return try demand(attempt.error?.code == .system, "\(String(describing: attempt.error))")
    }
    try demand(entries[0] == entries[1], "\(view.name) is not the fold of the log")
    trace.note("  \(entries[0].count) entries")
  }

  /// Makes all rows anew while another actor appends between the steps; sometimes it is stopped
  /// there.
  func rebuild(_ actor: Int) throws {
    let other = (actor + 1) % DraftMaker.actors
    let proposals = (0..<maker.generator.int(0...3)).map { _ in
      var proposal = maker.next(model, actor: other)
      proposal.expect = nil
      return proposal
    }
    let stop = maker.generator.chance(3) ? maker.generator.int(0...3) : .max
    trace.note("actor \(actor) rebuilds, beside \(proposals.map(\.line)), stops at \(stop)")
    figures.rebuilds += 1
    var appended: [[Attempt<Receipt>]] = Array(repeating: [], count: sites.count)
    arm(actor)
    let attempt = try onAll { (site, index) throws(LogError) in
      var step = 0
      try site.engines[actor].rebuildViews(onStep: { () throws(LogError) in
        if step < proposals.count {
          appended[index].append(
            Attempt(on: site.log) { () throws(LogError) in
              try site.engines[other].append(proposals[step].draft(nil))
            })
        }
        if step == stop { throw LogError(.interrupted, "stopped, as simulated") }
        step += 1
      })
      return step
    }
    if let error = attempt.error {
      let codes: [LogError.Code] = [.interrupted, .busy, .noSpace, .outcomeUnknown, .system]
      try demand(codes.contains(error.code), "unexpectedly \(error)")
    }
    try demand(appended.allSatisfy { $0 == appended[0] }, "the logs differ: \(appended)")
    for (attempt, proposal) in zip(appended[0], proposals) {
      trace.note("  \(attempt)")
      try take(attempt.asOutcomes, [proposal], other, isAtomic: true)
    }
  }

  /// Writes the files of the log on disk anew; all who use it go on.
  func compact() throws {
    trace.note("the log is compacted")
    for site in sites {
      guard let log = site.log.base as? LMDBLog else { continue }
      _ = try log.compact(waitNanoseconds: 0)
    }
  }
}
