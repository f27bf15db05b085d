internal import Engine
internal import Events
internal import Synchronization

/// Another actor's append between what somebody has worked out and the lock.
final class Interference: Sendable {
  let proposal: Proposal
  let actor: Int
  private let attempts: Mutex<[Attempt<Receipt>]> = Mutex([])

  init(_ proposal: Proposal, actor: Int) {
    self.proposal = proposal
    self.actor = actor
  }

  /// What it came to, on each site where somebody wrote.
  var results: [Attempt<Receipt>] { attempts.withLock { $0 } }

  /// The append on a site, to be done once, before the next transaction.
  func deed(on site: Site) -> @Sendable () -> Void {
    let engine = site.engines[actor]
    return { [self] in
      let attempt = Attempt<Receipt>(on: engine.log) { () throws(LogError) in
        try engine.append(proposal.draft(nil))
      }
      attempts.withLock { $0.append(attempt) }
    }
  }
}
