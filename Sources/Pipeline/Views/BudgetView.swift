package import Events
package import JSON

/// The budgets, and the sums of scopes that have none.
///
/// Money is in micro-dollars.
package enum BudgetView: View {
  package static let name = "budget"
  package static let summary = "Money reserved and spent, by scope, against the limits."
  package static let prefix = "budget-"
  package static let fields: [Column] = [
    .main("scope"), .main("spent_micro_usd", isNumeric: true),
    .main("reserved_micro_usd", isNumeric: true), .main("limit_micro_usd", isNumeric: true),
    .main("remaining_micro_usd", isNumeric: true), Column("share", isNumeric: true), .main("mode"),
    Column("input_tokens", isNumeric: true), Column("output_tokens", isNumeric: true),
    .main("charges", isNumeric: true), .main("status"),
  ]

  package static func write(
    _ name: Name, _ row: StateRow, _ request: ViewRequest,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable, to writer: inout JSONWriter
  ) throws(LogError) -> Bool {
    let budget = try decodeState(row, as: BudgetState.self)
    let isUsed = budget.charges != 0 || budget.reservedMicroUSD != 0 || budget.spentMicroUSD != 0
    guard budget.hasLimit || isUsed else { return false }
    writer.beginObject()
    writer.member("scope", name.id)
    writer.member("reserved_micro_usd", budget.reservedMicroUSD)
    writer.member("spent_micro_usd", budget.spentMicroUSD)
    if budget.hasLimit {
      writer.member("limit_micro_usd", budget.limit)
      writer.member("remaining_micro_usd", remaining(of: budget))
      writer.key("share")
      if let share = share(of: budget) { writer.raw(Array(share.utf8)) } else { writer.null() }
      writer.member("mode", budget.mode.name)
    } else {
      for key in ["limit_micro_usd", "remaining_micro_usd", "share", "mode"] {
        writer.member(key, orNull: nil)
      }
    }
    writer.member("input_tokens", budget.inputTokens)
    writer.member("output_tokens", budget.outputTokens)
    writer.member("charges", budget.charges)
    writer.member("status", budget.usage(request.rules).rawValue)
    writer.endObject()
    return true
  }

  private static func remaining(of budget: BudgetState) -> Int64 {
    Int64(clamping: Int128(budget.limit) - Int128(budget.spentMicroUSD))
  }

  /// The spent share with four digits, cut, so that 0.9999 is never shown as full; nil without
  /// something to divide by.
  static func share(of budget: BudgetState) -> String? {
    guard budget.limit > 0 else { return nil }
    let parts = Int128(max(0, budget.spentMicroUSD)) * 10_000 / Int128(budget.limit)
    let (whole, rest) = parts.quotientAndRemainder(dividingBy: 10_000)
    let digits = String(rest)
    return "\(whole).\(String(repeating: "0", count: 4 - digits.count))\(digits)"
  }
}
