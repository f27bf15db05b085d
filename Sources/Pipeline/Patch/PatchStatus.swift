/// The states of a patch in the ledger.
package enum PatchStatus: UInt8, Lifecycle {
  case absent = 0, created, validated, queued, applied, apply_failed, verified, committed
  case rolled_back, quarantined, dropped

  package static let thing = "patch"
  /// The steps of the default profile.
  package static let edges = Edges<PatchStatus>([
    .absent: [.created],
    .created: [.validated, .dropped],
    .validated: [.queued, .quarantined],
    .queued: [.applied, .apply_failed],
    .applied: [.verified, .rolled_back],
    .apply_failed: [.quarantined, .queued],
    .verified: [.committed, .rolled_back],
    .rolled_back: [.dropped],
    .quarantined: [.dropped],
  ])

  /// The steps of the extended profile: those of the default one, and more ways to put a patch
  /// aside, to give it up and to find out late that it does not work.
  static let extendedEdges = Edges<PatchStatus>([
    .absent: [.created],
    .created: [.validated, .quarantined, .dropped],
    .validated: [.queued, .quarantined],
    .queued: [.applied, .apply_failed, .dropped],
    .applied: [.verified, .apply_failed, .rolled_back, .quarantined],
    .apply_failed: [.quarantined, .queued, .dropped],
    .verified: [.committed, .rolled_back, .quarantined],
    .rolled_back: [.dropped],
    .quarantined: [.dropped],
  ])

  /// The state that an event of this type leads to; nil when it leads nowhere.
  package init?(after type: EventType) {
    switch type {
    case .patch_created: self = .created
    case .patch_validated: self = .validated
    case .patch_queued: self = .queued
    case .patch_apply_succeeded: self = .applied
    case .patch_apply_failed: self = .apply_failed
    case .patch_verified: self = .verified
    case .patch_committed: self = .committed
    case .patch_rolled_back: self = .rolled_back
    case .patch_quarantined: self = .quarantined
    case .patch_dropped: self = .dropped
    default: return nil
    }
  }
}

/// Which steps the patch ledger allows: a setting.
package enum LedgerProfile: UInt8, Sendable {
  case `default` = 0
  case extended

  package var edges: Edges<PatchStatus> {
    self == .extended ? PatchStatus.extendedEdges : PatchStatus.edges
  }
}
