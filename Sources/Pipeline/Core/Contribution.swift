package import Events

/// A share of one row in a sum of another.
///
/// A change of the row takes the old share away and adds the new one, so that reversals, late
/// events and undone imports cancel by construction.
package struct Contribution: Hashable, Sendable {
  package var target: EntityNumber
  package var field: SumField
  package var amount: Int64

  package init(_ target: EntityNumber, _ field: SumField, _ amount: Int64) {
    self.target = target
    self.field = field
    self.amount = amount
  }
}

/// The sums that rows keep for others.
package enum SumField: UInt8, CaseIterable, Sendable {
  // budget rows
  case reservedMicroUSD, spentMicroUSD, inputTokens, outputTokens, charges
  // run rows
  case stepAttempts, patchesCreated, patchesApplied, errors
  // subjects of reviews and gates
  case approvals, gatePasses
  // tasks
  case openFixes, fixes
  // subjects of gates
  case failedGates
  // workers
  case lateEvents, tasksCompleted
  // approvals of a subject
  case approver
  // patches that others take back
  case rolledBackBy
  // rejections of a subject
  case rejecter
}

extension [Contribution] {
  /// Adds what takes old shares away and gives new ones.
  ///
  /// Equal shares would cancel: most events change none, and then touch no other row.
  package mutating func note(_ old: Shares, _ new: Shares) {
    guard old != new else { return }
    for index in 0..<old.count {
      append(Contribution(old[index].target, old[index].field, 0 &- old[index].amount))
    }
    for index in 0..<new.count { append(new[index]) }
  }
}
