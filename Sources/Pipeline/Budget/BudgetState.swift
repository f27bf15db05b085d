package import Bytes
package import Events

/// What happens when a budget is used up.
package enum BudgetMode: UInt8, CaseIterable, Sendable {
  case none = 0
  /// Say so; parallelism is advised down.
  case warn
  /// Refuse new reservations and task claims.
  case halt
  /// Ask a person.
  case review

  init(named name: String?) {
    self = Self.allCases.first { $0 != .none && $0.name == name } ?? .none
  }

  package var name: String { "\(self)" }
}

/// A budget of one scope: its limit, and the sums of all that its scope reserved and spent.
///
/// A scope without a limit is counted all the same.
package struct BudgetState: EntityState {
  package static let category = Category.budget
  package static let layout: UInt8 = 1

  package var mode = BudgetMode.none
  /// The share that a warning is given at, in millionths; 0 for that of the rules.
  package var warnMillionths: UInt32 = 0
  package var limit: Int64 = 0
  package var declared = Position.none
  package var warned = Position.none
  package var exceeded = Position.none
  package var reservedMicroUSD: Int64 = 0
  package var spentMicroUSD: Int64 = 0
  package var inputTokens: Int64 = 0
  package var outputTokens: Int64 = 0
  package var charges: Int64 = 0

  package init() {}

  package var stateName: String? { hasLimit ? "set" : nil }

  package var hasLimit: Bool { declared != .none }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags { [] }

  package mutating func evolve(_ event: DomainEvent) {
    switch event.type {
    case .budget_set:
      declared = event.position
      limit = max(0, event.payload.integer("limit_micro_usd") ?? 0)
      mode = BudgetMode(named: event.payload.text("mode"))
      let share = min(max(event.payload.number("warn_share") ?? 0, 0), 1)
      warnMillionths = UInt32((share * 1_000_000).rounded())
    case .budget_warning: warned = event.position
    case .budget_exceeded: exceeded = event.position
    default: break
    }
  }

  /// The most that one of its sums may come to: 4.6 trillion dollars, or as many tokens in
  /// millions.
  package static let sumMax: Int64 = 1 << 62

  package func fits(_ field: SumField, _ amount: Int64) -> Bool {
    let sum: Int64
    switch field {
    case .reservedMicroUSD: sum = reservedMicroUSD
    case .spentMicroUSD: sum = spentMicroUSD
    case .inputTokens: sum = inputTokens
    case .outputTokens: sum = outputTokens
    default: return true
    }
    return Int128(sum) + Int128(amount) <= Int128(Self.sumMax)
  }

  package mutating func add(_ field: SumField, _ amount: Int64) {
    switch field {
    case .reservedMicroUSD: reservedMicroUSD.accumulate(amount)
    case .spentMicroUSD: spentMicroUSD.accumulate(amount)
    case .inputTokens: inputTokens.accumulate(amount)
    case .outputTokens: outputTokens.accumulate(amount)
    case .charges: charges.accumulate(amount)
    default: break
    }
  }

  package mutating func keepNeutralFields(of current: BudgetState) {
    warned = current.warned
    exceeded = current.exceeded
    reservedMicroUSD = current.reservedMicroUSD
    spentMicroUSD = current.spentMicroUSD
    inputTokens = current.inputTokens
    outputTokens = current.outputTokens
    charges = current.charges
  }
}

extension BudgetState {
  package init(reading reader: inout ByteReader) {
    mode = BudgetMode(rawValue: reader.integer(UInt8.self)) ?? .none
    warnMillionths = reader.integer(UInt32.self)
    limit = reader.integer(Int64.self)
    declared = reader.position()
    warned = reader.position()
    exceeded = reader.position()
    reservedMicroUSD = reader.integer(Int64.self)
    spentMicroUSD = reader.integer(Int64.self)
    inputTokens = reader.integer(Int64.self)
    outputTokens = reader.integer(Int64.self)
    charges = reader.integer(Int64.self)
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(mode.rawValue)
    bytes.append(littleEndian: warnMillionths)
    bytes.append(littleEndian: limit)
    bytes.append(declared)
    bytes.append(warned)
    bytes.append(exceeded)
    bytes.append(littleEndian: reservedMicroUSD)
    bytes.append(littleEndian: spentMicroUSD)
    bytes.append(littleEndian: inputTokens)
    bytes.append(littleEndian: outputTokens)
    bytes.append(littleEndian: charges)
  }
}
