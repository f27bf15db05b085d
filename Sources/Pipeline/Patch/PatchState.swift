internal import Bytes
package import Events

/// A patch: where it is, what its last check said, and what later steps demand.
///
/// The policy that judged it is fixed by its validation: later guards go by that record.
package struct PatchState: EntityState {
  package static let category = Category.patch
  package static let layout: UInt8 = 1

  package var status = PatchStatus.absent
  package var flags: PatchFlags = []
  package var reviewersRequired: UInt16 = 0
  /// The most applications that the policy allows; 0 for the rules' number.
  package var attemptsMax: UInt8 = 0
  package var attempts: UInt8 = 0
  package var approvals: Int32 = 0
  package var gatePasses: Int32 = 0
  /// How many gates had passed when it was last applied: only later ones count.
  package var gatePassesWhenApplied: Int32 = 0
  package var failedGates: Int32 = 0
  package var run = EntityNumber.none
  package var created = Position.none
  /// The last check, passed or not.
  package var validated = Position.none
  package var applyStarted = Position.none
  package var applied = Position.none
  package var applyFailed = Position.none
  package var verified = Position.none
  package var committed = Position.none
  package var quarantined = Position.none

  package init() {}

  package var stateName: String? { status.nameIfPresent }

  package mutating func evolve(_ event: DomainEvent) {
    switch event.type {
    case .patch_created:
      created = event.position
      run = event.run
    case .patch_validated, .patch_validation_failed: takeValidation(event)
    case .patch_apply_started:
      attempts.increment()
      flags.insert(.applying)
      applyStarted = event.position
    case .patch_apply_succeeded:
      endApplication()
      applied = event.position
      gatePassesWhenApplied = gatePasses
    case .patch_apply_failed:
      endApplication()
      applyFailed = event.position
    case .patch_verified:
      flags.set(.testsRan, event.payload.flag("tests_ran"))
      flags.set(.testsPassed, event.payload.flag("tests_passed"))
      verified = event.position
    case .patch_committed: committed = event.position
    case .patch_quarantined: quarantined = event.position
    default: break
    }
    if let target = PatchStatus(after: event.type) { status = target }
  }

  /// The result of an application that nobody announced is an attempt by itself.
  private mutating func endApplication() {
    if !flags.contains(.applying) { attempts.increment() }
    flags.remove(.applying)
    flags.subtract([.testsRan, .testsPassed])
  }

  private mutating func takeValidation(_ event: DomainEvent) {
    let validation = event.payload.child("validation")
    flags.set(.formatOK, validation?.flag("format_ok"))
    flags.set(.scopeOK, validation?.flag("scope_ok"))
    flags.set(.constraintsOK, validation?.flag("constraints_ok"))
    let policy = event.payload.child("policy")
    flags.set(.testsRequired, policy?.flag("tests_required"))
    reviewersRequired = UInt16(clamping: policy?.integer("min_reviewers") ?? 0)
    attemptsMax = UInt8(clamping: policy?.integer("max_apply_attempts") ?? 0)
    validated = event.position
  }

  package func contributions() -> Shares {
    guard run != .none else { return [] }
    var shares: Shares = [Contribution(run, .patchesCreated, 1)]
    if applied != .none { shares.append(Contribution(run, .patchesApplied, 1)) }
    return shares
  }

  package mutating func add(_ field: SumField, _ amount: Int64) {
    switch field {
    case .approvals: approvals.accumulate(amount)
    case .gatePasses: gatePasses.accumulate(amount)
    case .failedGates: failedGates.accumulate(amount)
    default: break
    }
  }

  package mutating func keepNeutralFields(of current: PatchState) {
    approvals = current.approvals
    gatePasses = current.gatePasses
    failedGates = current.failedGates
    // Taken from a sum, which a fold of this stream alone can't know.
    gatePassesWhenApplied = current.gatePassesWhenApplied
  }
}

/// What is true or false of a patch.
package struct PatchFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let formatOK = PatchFlags(rawValue: 1)
  package static let scopeOK = PatchFlags(rawValue: 2)
  package static let constraintsOK = PatchFlags(rawValue: 4)
  package static let testsRequired = PatchFlags(rawValue: 8)
  package static let testsRan = PatchFlags(rawValue: 16)
  package static let testsPassed = PatchFlags(rawValue: 32)
  /// An application has begun and not ended.
  package static let applying = PatchFlags(rawValue: 64)

  /// The three checks that a patch must pass before it is queued.
  package static let checked: PatchFlags = [.formatOK, .scopeOK, .constraintsOK]

  mutating func set(_ flag: PatchFlags, _ value: Bool?) {
    if value == true { insert(flag) } else { remove(flag) }
  }
}
