internal import Bytes
package import Events

/// A patch: where it is, what its last check said, and what later steps demand.
///
/// The policy that judged it is fixed by its validation: later guards go by that record.
package struct PatchState: EntityState {
  package static let category = Category.patch
  package static let layout: UInt8 = 3

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
  /// The patch that this one takes back; known once it is committed.
  package var takesBack = EntityNumber.none
  /// Where the committed patch was created that takes this one back; 0 without one.
  package var rolledBackBy: UInt64 = 0

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
    case .patch_committed:
      committed = event.position
      takesBack = event.adds.first ?? .none
    case .patch_quarantined: quarantined = event.position
    default: break
    }
    if let target = PatchStatus(after: event.type) { status = target }
  }

  /// The result of an application that nobody announced is an attempt by itself, unless it is a
  /// second one, after a success that turned out to be none: the extended profile has it.
  private mutating func endApplication() {
    if !flags.contains(.applying), status != .applied { attempts.increment() }
    flags.remove(.applying)
    flags.subtract([.testsRan, .testsPassed])
  }

  /// In one pass: looked up one by one, the members were the dearest part of a fold.
  private mutating func takeValidation(_ event: DomainEvent) {
    flags.subtract(.checked.union(.testsRequired))
    flags.set(.validationImported, event.flags.contains(.imported))
    reviewersRequired = 0
    attemptsMax = 0
    event.payload.forEachInnerMember { outer, key, value in
      if outer.spells("validation") {
        takeCheck(key, value)
      } else if outer.spells("policy") {
        takePolicy(key, value)
      }
    }
    validated = event.position
  }

  private mutating func takeCheck(_ key: Span<UInt8>, _ value: Payload) {
    if key.spells("format_ok") {
      flags.set(.formatOK, value.flag)
    } else if key.spells("scope_ok") {
      flags.set(.scopeOK, value.flag)
    } else if key.spells("constraints_ok") {
      flags.set(.constraintsOK, value.flag)
    }
  }

  private mutating func takePolicy(_ key: Span<UInt8>, _ value: Payload) {
    if key.spells("tests_required") {
      flags.set(.testsRequired, value.flag)
    } else if key.spells("min_reviewers") {
      reviewersRequired = UInt16(clamping: value.integer ?? 0)
    } else if key.spells("max_apply_attempts") {
      attemptsMax = UInt8(clamping: value.integer ?? 0)
    }
  }

  package mutating func evolve(_ event: DomainEvent, notingIn sums: inout [Contribution]) {
    let before = self
    evolve(event)
    // Most events change nothing that `contributions` goes by.
    guard
      run != before.run || (applied == .none) != (before.applied == .none)
        || takesBack != before.takesBack || (takesBack != .none && created != before.created)
    else { return }
    sums.note(before.contributions(), contributions())
  }

  package func contributions() -> Shares {
    var shares: Shares = []
    if run != .none {
      shares.append(Contribution(run, .patchesCreated, 1))
      if applied != .none { shares.append(Contribution(run, .patchesApplied, 1)) }
    }
    if takesBack != .none {
      shares.append(Contribution(takesBack, .rolledBackBy, Int64(clamping: created.rawValue)))
    }
    return shares
  }

  package mutating func add(_ field: SumField, _ amount: Int64) {
    switch field {
    case .approvals: approvals.accumulate(amount)
    case .gatePasses: gatePasses.accumulate(amount)
    case .failedGates: failedGates.accumulate(amount)
    case .rolledBackBy:
      rolledBackBy.accumulate(amount)
      rolledBackBy &= RowCoding.shortMax
    default: break
    }
  }

  package mutating func keepNeutralFields(of current: PatchState) {
    approvals = current.approvals
    gatePasses = current.gatePasses
    failedGates = current.failedGates
    rolledBackBy = current.rolledBackBy
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
  /// Nobody judged its last validation here: it came with an import.
  package static let validationImported = PatchFlags(rawValue: 128)

  /// The three checks that a patch must pass before it is queued.
  package static let checked: PatchFlags = [.formatOK, .scopeOK, .constraintsOK]

  mutating func set(_ flag: PatchFlags, _ value: Bool?) {
    if value == true { insert(flag) } else { remove(flag) }
  }
}
