package import Bytes
package import Events

/// The states of a reservation.
package enum ReservationStatus: UInt8, Lifecycle {
  case absent = 0, open, settled, released

  package static let thing = "reservation"

  /// A charge is never refused: it settles whatever it finds, also a second time.
  package static let edges = Edges<ReservationStatus>([
    .absent: [.open, .settled],
    .open: [.settled, .released],
    .settled: [.settled],
    .released: [.settled],
  ])
}

/// Money held for work to come.
///
/// While it is open, its scopes count it as reserved; the first charge settles all of it, and it is
/// open again when every charge is undone.
package struct ReservationState: EntityState {
  package static let category = Category.reservation
  package static let layout: UInt8 = 2
  /// How many scopes a reservation or charge can have.
  package static let scopeCount = 8

  /// What reservations and releases say, apart from charges.
  package var held = ReservationStatus.absent
  package var amount: Int64 = 0
  package var reserved = Position.none
  package var released = Position.none
  /// How many charges stand.
  ///
  /// They are neutral, so that undoing the reservation leaves them alone,
  /// and counted, because they may come from several streams.
  package var charges: UInt32 = 0
  /// The budget rows that enclose it, `none` where there is no such scope.
  package var scopes = [EntityNumber](repeating: .none, count: scopeCount)

  package init() {}

  package var stateName: String? { status.nameIfPresent }

  /// A charge settles whatever it finds.
  package var status: ReservationStatus { charges == 0 ? held : .settled }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags {
    switch event.type {
    case .cost_reserved:
      if status != .absent {
        throw status.refusal("\(context.name) is \(status.name) and can't become open")
      }
      try context.mustNotBeGone(worker: event.payload.text("worker_id"), to: "reserve money")
      let asked = try Self.estimate(event.payload, context)
      try context.budgetsMustAdmit(asked)
    case .cost_released: try status.mustAllow(.released, context.name)
    case .cost_charged: return context.lateness(ofWorker: event.payload.text("worker_id"))
    default: break
    }
    return []
  }

  /// The amount that a reservation asks for.
  ///
  /// The event itself must state it, because a fold knows no prices; the refusal tells the amount
  /// where there is a price.
  private static func estimate(
    _ payload: Payload, _ context: DecideContext
  ) throws(LogError) -> Int64 {
    if let amount = payload.integer("estimate_micro_usd"), amount >= 0 { return amount }
    let model = payload.text("model")
    guard let computed = estimate(payload, prices: context.rules.prices) else {
      let cause = model.map { "model \($0) has no price" } ?? "it names no model"
      throw LogError(.rejected, "\(context.name) states no amount and \(cause)")
    }
    throw LogError(
      .rejected, "\(context.name) states no amount", pointer: "/estimate_micro_usd",
      hint: "by the price of \(model ?? "its model") it is \(computed)")
  }

  /// What the tokens of a reservation cost by a table of prices; nil when its model has none.
  package static func estimate(_ payload: Payload, prices: [String: TokenPrice]) -> Int64? {
    payload.text("model").flatMap { prices[$0] }.map {
      $0.cost(
        inputTokens: payload.integer("input_tokens") ?? 0,
        outputTokens: payload.integer("output_tokens") ?? 0)
    }
  }

  package mutating func evolve(_ event: DomainEvent) {
    switch event.type {
    case .cost_reserved:
      held = .open
      reserved = event.position
      amount = max(0, event.payload.integer("estimate_micro_usd") ?? 0)
      for index in scopes.indices {
        scopes[index] = event.adds.indices.contains(index) ? event.adds[index] : .none
      }
    case .cost_charged: charges.increment()
    case .cost_released:
      held = .released
      released = event.position
    default: break
    }
  }

  package func contributions() -> Shares {
    guard status == .open, amount > 0 else { return [] }
    var shares: Shares = []
    for scope in scopes where scope != .none {
      shares.append(Contribution(scope, .reservedMicroUSD, amount))
    }
    return shares
  }

  package mutating func keepNeutralFields(of current: ReservationState) {
    charges = current.charges
  }

  package mutating func takeBack(_ event: DomainEvent) {
    if event.type == .cost_charged, charges > 0 { charges -= 1 }
  }
}

extension ReservationState {
  package init(reading reader: inout ByteReader) {
    held = reader.status(ReservationStatus.self)
    amount = reader.integer(Int64.self)
    reserved = reader.position()
    released = reader.position()
    charges = reader.integer(UInt32.self)
    for index in scopes.indices { scopes[index] = reader.number() }
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(held)
    bytes.append(littleEndian: amount)
    bytes.append(reserved)
    bytes.append(released)
    bytes.append(littleEndian: charges)
    for index in 0..<Self.scopeCount {
      bytes.append(scopes.indices.contains(index) ? scopes[index] : .none)
    }
  }
}
