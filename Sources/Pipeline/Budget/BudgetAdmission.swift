internal import Events

/// How far a budget is used.
///
/// Warnings go by what is spent; admission counts what is reserved too.
extension BudgetState {
  /// How a budget stands.
  package enum Usage: String, Sendable {
    case ok, warning, exceeded
    /// No limit was ever set.
    case unlimited
  }

  package func usage(_ rules: Rules) -> Usage {
    guard hasLimit else { return .unlimited }
    if isSpent(ofLimit: 1_000_000) { return .exceeded }
    return isSpent(ofLimit: warnShare(rules)) ? .warning : .ok
  }

  /// The share that a warning is given at, in millionths.
  func warnShare(_ rules: Rules) -> Int64 {
    warnMillionths > 0 ? Int64(warnMillionths) : min(max(0, rules.budgetWarnPermille), 1000) * 1000
  }

  /// Whether this share of the limit, in millionths, is spent.
  func isSpent(ofLimit millionths: Int64) -> Bool {
    hasLimit && Int128(spentMicroUSD) * 1_000_000 >= Int128(limit) * Int128(millionths)
  }

  /// Whether the budget has room for a reservation.
  func admits(_ asked: Int64) -> Bool {
    Int128(spentMicroUSD) + Int128(reservedMicroUSD) + Int128(asked) <= Int128(limit)
  }
}

extension DecideContext {
  /// The budgets with a limit that enclose the event, in the order of their names.
  private var budgets: [(Name, BudgetState)] {
    entities.compactMap { name, state in
      guard let budget = state as? BudgetState, budget.hasLimit else { return nil }
      return (name, budget)
    }.sorted { $0.0 < $1.0 }
  }

  /// Refuses a reservation that would take an enclosing budget over its limit, whatever is to
  /// happen when the money is gone: what is reserved can't be spent twice.
  func budgetsMustAdmit(_ asked: Int64) throws(LogError) {
    for (name, budget) in budgets where !budget.admits(asked) {
      throw LogError(
        .budget,
        "budget \(name.id) has no room: limit \(dollars(budget.limit)), "
          + "spent \(dollars(budget.spentMicroUSD)), "
          + "reserved \(dollars(budget.reservedMicroUSD)), asked \(dollars(asked))",
        expected: "at most \(Self.room(in: budget)) micro-dollars", actual: String(asked))
    }
  }

  /// Refuses to begin work in the scope of a budget that is used up.
  func budgetsMustNotBeUsedUp(by deed: String) throws(LogError) {
    for (name, budget) in budgets
    where budget.mode == .halt && budget.isSpent(ofLimit: 1_000_000) {
      throw LogError(
        .budget,
        "budget \(name.id) is used up and \(deed) must wait: limit \(dollars(budget.limit)), "
          + "spent \(dollars(budget.spentMicroUSD)), "
          + "reserved \(dollars(budget.reservedMicroUSD))")
    }
  }

  private static func room(in budget: BudgetState) -> Int64 {
    let room =
      Int128(budget.limit) - Int128(budget.spentMicroUSD) - Int128(budget.reservedMicroUSD)
    return Int64(clamping: max(0, room))
  }
}
