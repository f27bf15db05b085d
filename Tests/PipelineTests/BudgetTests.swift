import Events
import Pipeline
import Testing

struct BudgetTests {
  private func budget(
    _ limit: Int64, _ mode: String = "halt", _ extra: String = ""
  ) throws -> Scenario<BudgetState> {
    var budget = try Scenario("budget-phase:P", BudgetState())
    try budget.when(.budget_set, #"{"limit_micro_usd":\#(limit),"mode":"\#(mode)"\#(extra)}"#)
    return budget
  }

  private func ask(_ amount: Int64) -> String {
    #"{"reservation_id":"r","phase_id":"P","estimate_micro_usd":\#(amount)}"#
  }

  @Test func `a reservation may fill a budget but not overfill it`() throws {
    var enclosing = try budget(100)
    enclosing.state.spentMicroUSD = 50
    enclosing.state.reservedMicroUSD = 30
    var reservation = try Scenario("reservation-r", ReservationState())
    try reservation.beside("budget-phase:P", enclosing.state)
    #expect(try reservation.refusal(.cost_reserved, ask(20)) == nil)
    let refusal = try #require(try reservation.refusal(.cost_reserved, ask(21)))
    #expect(refusal.code == .budget)
    for part in ["phase:P", "$0.0001", "$0.00005", "$0.00003", "$0.000021"] {
      #expect(refusal.message.contains(part), "\(part) in \(refusal.message)")
    }
  }

  @Test func `every enclosing scope must have room`() throws {
    var reservation = try Scenario("reservation-r", ReservationState())
    try reservation.beside("budget-phase:P", budget(1000).state)
    try reservation.beside("budget-total", budget(10).state)
    #expect(try reservation.refusal(.cost_reserved, ask(11))?.message.contains("total") == true)
    #expect(try reservation.refusal(.cost_reserved, ask(10)) == nil)
  }

  @Test(arguments: ["warn", "review"])
  func `no mode reserves more than the limit`(mode: String) throws {
    var reservation = try Scenario("reservation-r", ReservationState())
    try reservation.beside("budget-phase:P", budget(10, mode).state)
    #expect(try reservation.refusal(.cost_reserved, ask(10)) == nil)
    #expect(try reservation.refusal(.cost_reserved, ask(11))?.code == .budget)
  }

  @Test func `sums near the end of the range neither trap nor admit`() throws {
    var full = try budget(.max)
    full.state.spentMicroUSD = .max
    full.state.reservedMicroUSD = .max
    var reservation = try Scenario("reservation-r", ReservationState())
    try reservation.beside("budget-phase:P", full.state)
    #expect(try reservation.refusal(.cost_reserved, ask(.max))?.code == .budget)
  }

  @Test func `a sum has an end, and what is taken back leaves it as it was`() throws {
    var budget = BudgetState()
    let most = BudgetState.sumMax
    for field in [SumField.spentMicroUSD, .reservedMicroUSD, .inputTokens, .outputTokens] {
      #expect(budget.fits(field, most))
      #expect(!budget.fits(field, most + 1))
      budget.add(field, most)
      #expect(budget.fits(field, 0))
      #expect(!budget.fits(field, 1))
    }
    // Even past the end of the range: sums cancel by construction.
    let before = budget
    for amount in [Int64.max, .max, 1 << 53] { budget.add(.spentMicroUSD, amount) }
    for amount in [Int64.max, 1 << 53, .max] { budget.add(.spentMicroUSD, 0 &- amount) }
    #expect(budget == before)
  }

  @Test func `a reservation states its amount, or is told what it is`() throws {
    var reservation = try Scenario("reservation-r", ReservationState())
    let tokens = #"{"model":"m","input_tokens":1,"output_tokens":0}"#
    #expect(try reservation.refusal(.cost_reserved, tokens)?.message.contains("no price") == true)
    reservation.rules.prices["m"] = TokenPrice(input: 1_500_000, output: 0)
    #expect(try reservation.refusal(.cost_reserved, tokens)?.hint?.contains("is 2") == true)
    #expect(try reservation.refusal(.cost_reserved, #"{"estimate_micro_usd":0}"#) == nil)
  }

  @Test func `prices round once, half up`() {
    let price = TokenPrice(input: 1_500_000, output: 500_000)
    #expect(price.cost(inputTokens: 1, outputTokens: 0) == 2)
    #expect(price.cost(inputTokens: 1, outputTokens: 1) == 2)
    #expect(price.cost(inputTokens: 0, outputTokens: 1) == 1)
    #expect(TokenPrice(input: 499_999, output: 0).cost(inputTokens: 1, outputTokens: 0) == 0)
    #expect(TokenPrice(input: .max, output: .max).cost(inputTokens: .max, outputTokens: 9) == .max)
    #expect(dollars(1_250_000) == "$1.25")
    #expect(dollars(-4) == "-$0.000004")
    #expect(dollars(.min) == "-$9223372036854.775808")
  }

  @Test func `an open reservation counts in its scopes until it is charged or released`() throws {
    var reservation = try Scenario("reservation-r", ReservationState())
    reservation.adds = [EntityNumber(16), .none, EntityNumber(17)]
    try reservation.when(.cost_reserved, ask(7))
    let shares: Shares = [
      Contribution(EntityNumber(16), .reservedMicroUSD, 7),
      Contribution(EntityNumber(17), .reservedMicroUSD, 7),
    ]
    #expect(reservation.state.contributions() == shares)
    var charged = reservation
    try charged.when(.cost_charged, #"{"amount_micro_usd":9}"#)
    #expect(charged.state.contributions() == [])
    #expect(try charged.refusal(.cost_released)?.allowed == ["settled"])
    #expect(try charged.refusal(.cost_charged) == nil)
    try reservation.when(.cost_released)
    #expect(reservation.state.contributions() == [])
    #expect(try reservation.refusal(.cost_released) != nil)
    #expect(try reservation.refusal(.cost_charged) == nil)
  }

  @Test func `a gone worker's charge is late but counts, its reservation is refused`() throws {
    var worker = WorkerState()
    worker.status = .terminated
    var reservation = try Scenario("reservation-r", ReservationState())
    try reservation.beside("worker-w1", worker)
    #expect(
      try reservation.refusal(.cost_reserved, #"{"worker_id":"w1","estimate_micro_usd":1}"#) != nil)
    let charge = #"{"worker_id":"w1","amount_micro_usd":5,"input_tokens":2,"output_tokens":3}"#
    reservation.adds = [EntityNumber(16)] + [EntityNumber](repeating: .none, count: 7)
    reservation.adds.append(EntityNumber(99))
    var event = try reservation.event(.cost_charged, charge)
    #expect(factFlags(of: event, reservation.context) == .late)
    #expect(try reservation.state.decide(event, reservation.context) == .late)
    event.flags = .late
    #expect(
      factContributions(of: event) == [
        Contribution(EntityNumber(16), .spentMicroUSD, 5),
        Contribution(EntityNumber(16), .inputTokens, 2),
        Contribution(EntityNumber(16), .outputTokens, 3),
        Contribution(EntityNumber(16), .charges, 1),
        Contribution(EntityNumber(99), .lateEvents, 1),
      ])
    event.flags = []
    #expect(factContributions(of: event).count == 4)
  }

  @Test func `a warning comes at 80 percent, the end at 100, each once`() throws {
    var budget = try budget(100)
    func spend(_ amount: Int64) throws -> [EventType] {
      try budget.sum(.spentMicroUSD, amount, because: .cost_charged).map(\.type)
    }
    #expect(try spend(79) == [])
    #expect(try spend(1) == [.budget_warning])
    #expect(try spend(19) == [])
    #expect(try spend(1) == [.budget_exceeded])
    #expect(try spend(50) == [])
    #expect(try spend(-71) == [])
    #expect(try spend(1) == [.budget_warning])
    #expect(try spend(-80) == [])
    #expect(try spend(100) == [.budget_warning, .budget_exceeded])
  }

  @Test func `a lower limit can cross too, a reservation can't`() throws {
    var budget = try budget(100, "halt", #","warn_share":0.5"#)
    #expect(try budget.sum(.reservedMicroUSD, 100, because: .cost_reserved) == [])
    #expect(try budget.sum(.spentMicroUSD, 49, because: .cost_charged) == [])
    let lower = #"{"limit_micro_usd":98,"mode":"halt","warn_share":0.5}"#
    let reactions = try budget.when(.budget_set, lower).reactions
    #expect(reactions.map(\.type) == [.budget_warning])
    #expect(try reactions.first?.field("scope") == "phase:P")
    #expect(reactions.first?.text.contains(#""limit_micro_usd":98"#) == true)
    #expect(try budget.when(.budget_set, lower).reactions == [])
  }

  @Test func `a scope without a limit is counted but never crossed`() throws {
    var free = try Scenario("budget-total", BudgetState())
    #expect(try free.sum(.spentMicroUSD, .max, because: .cost_charged) == [])
    #expect(free.state.usage(Rules()) == .unlimited)
    let reactions = try free.when(.budget_set, #"{"limit_micro_usd":1,"mode":"warn"}"#).reactions
    #expect(reactions.map(\.type) == [.budget_warning, .budget_exceeded])
  }

  @Test func `review mode asks a person when the money is gone`() throws {
    var budget = try budget(100, "review")
    let types = try budget.sum(.spentMicroUSD, 100, because: .cost_charged).map(\.type)
    #expect(types == [.budget_warning, .budget_exceeded, .review_requested])
  }

  @Test func `a reversal of a limit leaves the sums`() throws {
    var budget = try budget(100)
    budget.state.spentMicroUSD = 7
    var restored = BudgetState()
    restored.keepNeutralFields(of: budget.state)
    #expect(restored.spentMicroUSD == 7)
    #expect(!restored.hasLimit)
  }
}
