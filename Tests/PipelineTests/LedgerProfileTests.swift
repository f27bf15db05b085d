import Events
import Testing

@testable import Pipeline

/// The steps that the extended profile of the ledger allows beyond those of the default one.
struct LedgerProfileTests {
  private static let added: [(from: PatchStatus, to: PatchStatus)] = [
    (.created, .quarantined), (.queued, .dropped), (.applied, .apply_failed),
    (.applied, .quarantined), (.verified, .quarantined), (.apply_failed, .dropped),
  ]

  private static let events: [PatchStatus: EventType] = [
    .created: .patch_created, .validated: .patch_validated, .queued: .patch_queued,
    .applied: .patch_apply_succeeded, .apply_failed: .patch_apply_failed,
    .verified: .patch_verified, .committed: .patch_committed,
    .rolled_back: .patch_rolled_back, .quarantined: .patch_quarantined, .dropped: .patch_dropped,
  ]

  private func patch(
    _ status: PatchStatus, _ profile: LedgerProfile
  ) throws -> Scenario<PatchState> {
    var patch = try Scenario("patch-P", PatchState())
    patch.rules.ledgerProfile = profile
    patch.state.status = status
    patch.state.flags = .checked
    return patch
  }

  // L-07
  @Test func `each further step is taken under the extended profile and refused under the other`()
    throws
  {
    for (from, to) in Self.added {
      let type = try #require(Self.events[to])
      var extended = try patch(from, .extended)
      try extended.when(type, #"{"reason":"why"}"#)
      #expect(extended.state.status == to, "\(from) → \(to)")
      var plain = try patch(from, .default)
      let refusal = try #require(try plain.refusal(type, #"{"reason":"why"}"#), "\(from) → \(to)")
      #expect(refusal.message == "patch-P is \(from) and can't become \(to)")
      #expect(refusal.allowed == from.next.map(\.name))
      #expect(!refusal.allowed.contains(to.name))
    }
  }

  @Test func `the extended table is the default one and those steps`() throws {
    for from in PatchStatus.allCases {
      for to in PatchStatus.allCases {
        let isAdded = Self.added.contains { $0.from == from && $0.to == to }
        #expect(!isAdded || !from.canBecome(to))
        let isAllowed = LedgerProfile.extended.edges.allow(from, to)
        #expect(isAllowed == (isAdded || from.canBecome(to)), "\(from) → \(to)")
        // What the table says is what is decided.
        guard let type = Self.events[to] else { continue }
        var scenario = try patch(from, .extended)
        let refusal = try scenario.refusal(type, #"{"reason":"why"}"#)
        #expect((refusal == nil) == isAllowed, "\(from) → \(to)")
        if let refusal {
          #expect(refusal.allowed == from.next(by: LedgerProfile.extended.edges).map(\.name))
        }
      }
    }
  }

  @Test func `refusals for other reasons name the ways of the profile`() throws {
    var queued = try patch(.queued, .extended)
    try queued.when(.patch_apply_started)
    #expect(
      try queued.refusal(.patch_apply_started)?.allowed == ["applied", "apply_failed", "dropped"])
    var applied = try patch(.applied, .extended)
    #expect(
      try applied.refusal(.patch_verified, #"{"tests_ran":true,"tests_passed":false}"#)?.allowed
        == ["apply_failed", "rolled_back", "quarantined"])
    var failed = try patch(.apply_failed, .extended)
    failed.state.attempts = 3
    #expect(try failed.refusal(.patch_queued)?.allowed == ["quarantined", "dropped"])
  }

  @Test func `an application that fails late is no further attempt`() throws {
    var patch = try patch(.queued, .extended)
    for attempt in 1...3 {
      try patch.when(.patch_apply_started)
      try patch.when(.patch_apply_succeeded)
      try patch.when(.patch_apply_failed)
      #expect(patch.state.attempts == attempt)
      #expect(patch.state.stateName == "apply_failed")
      if attempt < 3 { try patch.when(.patch_queued) }
    }
    #expect(try patch.refusal(.patch_queued) != nil)
  }

  @Test func `a quarantine needs its reason under either profile, and asks a person`() throws {
    var fresh = try patch(.created, .extended)
    #expect(try fresh.refusal(.patch_quarantined)?.pointer == "/reason")
    let reactions = try fresh.when(.patch_quarantined, #"{"reason":"forbidden path"}"#).reactions
    #expect(reactions.map(\.type) == [.review_requested])
    // Once there, it goes on as any other.
    #expect(try fresh.refusal(.patch_validated)?.allowed == ["dropped"])
  }
}
