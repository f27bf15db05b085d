package import Bytes
package import Events

/// Who approved a subject (`approval-patch-P`): a policy counts people, not reviews.
///
/// Only sums change it: each review that ends with an approval counts for its decider.
package struct ApprovalState: EntityState {
  package static let category = Category.approval
  package static let layout: UInt8 = 1
  /// So many can be told apart; the approvals of others don't count.
  package static let approversMax = 17

  /// Deciders hashed to 32 bits, so that two people that share a hash count as one; 0 where a place
  /// is free.
  private var deciders = [UInt32](repeating: 0, count: approversMax)
  /// How often each of them approved.
  private var approvals = [UInt16](repeating: 0, count: approversMax)

  package init() {}

  /// How many different people approved.
  package var count: Int { deciders.count { $0 != 0 } }

  package var stateName: String? { count == 0 ? nil : "approved" }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags { [] }

  package mutating func evolve(_ event: DomainEvent) {}

  /// - Parameter amount: the hash of who approves, negative to take one approval back.
  package mutating func add(_ field: SumField, _ amount: Int64) {
    guard field == .approver, let who = UInt32(exactly: amount.magnitude), who > 0 else { return }
    if let index = deciders.firstIndex(of: who) {
      if amount > 0 {
        approvals[index].increment()
      } else {
        approvals[index] -= approvals[index] > 0 ? 1 : 0
        if approvals[index] == 0 { deciders[index] = 0 }
      }
    } else if amount > 0, let free = deciders.firstIndex(of: 0) {
      deciders[free] = who
      approvals[free] = 1
    }
  }

  package mutating func keepNeutralFields(of current: ApprovalState) {
    deciders = current.deciders
    approvals = current.approvals
  }

  /// A name as `approver` sums know it; never 0.
  static func hash(of name: String) -> UInt32 {
    max(1, UInt32(truncatingIfNeeded: shortHash(name)))
  }
}

extension ApprovalState {
  package init(reading reader: inout ByteReader) {
    for index in 0..<Self.approversMax {
      deciders[index] = reader.integer(UInt32.self)
      approvals[index] = reader.integer(UInt16.self)
    }
  }

  package func write(to bytes: inout [UInt8]) {
    for index in 0..<Self.approversMax {
      bytes.append(littleEndian: deciders[index])
      bytes.append(littleEndian: approvals[index])
    }
  }
}
