internal import Events
internal import JSON

extension BudgetState {
  package static var reacts: Bool { true }

  /// Most scopes are counted without a limit.
  package var reactsToSums: Bool { hasLimit }

  /// One event for each threshold that is crossed upwards, whatever changed the sums or the limit.
  package func reactions(
    from before: BudgetState, to event: DomainEvent, _ context: ReactContext
  ) -> [Reaction] {
    guard hasLimit else { return [] }
    var reactions: [Reaction] = []
    let share = warnShare(context.rules)
    let wasWarned = before.isSpent(ofLimit: before.warnShare(context.rules))
    if share < 1_000_000, isSpent(ofLimit: share), !wasWarned {
      reactions.append(Reaction(.budget_warning, payload(context.name, withMode: false)))
    }
    if isSpent(ofLimit: 1_000_000), !before.isSpent(ofLimit: 1_000_000) {
      reactions.append(Reaction(.budget_exceeded, payload(context.name, withMode: true)))
      if mode == .review { reactions.append(request(context.name, event)) }
    }
    return reactions
  }

  private func request(_ name: Name, _ event: DomainEvent) -> Reaction {
    .review(
      of: name, because: event,
      "budget \(name.id) is used up: \(dollars(spentMicroUSD)) of \(dollars(limit)) spent",
      [
        ReviewOption(decision: "approve", text: "go on"),
        ReviewOption(decision: "adjust", text: "set another limit"),
        ReviewOption(decision: "reject", text: "stop the work"),
      ])
  }

  private func payload(_ name: Name, withMode: Bool) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.key("scope")
    json.string(name.id)
    json.key("limit_micro_usd")
    json.int(limit)
    json.key("spent_micro_usd")
    json.int(Self.amount(spentMicroUSD))
    json.key("reserved_micro_usd")
    json.int(Self.amount(reservedMicroUSD))
    if withMode, mode != .none {
      json.key("mode")
      json.string(mode.name)
    }
    json.endObject()
    return json.bytes
  }

  /// A sum as events may state it: never negative, never more than a double holds exactly.
  private static func amount(_ sum: Int64) -> Int64 { min(max(0, sum), 1 << 53) }
}
