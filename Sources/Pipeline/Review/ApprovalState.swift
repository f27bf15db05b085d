package import Bytes
package import Events

/// Who approved or rejected a subject (`approval-patch-P`): a policy counts people, not reviews.
///
/// Only sums change it: each review that ends with an approval or a rejection counts for its
/// decider, and of one decider the latest counts.
package struct ApprovalState: EntityState {
  package static let category = Category.approval
  package static let layout: UInt8 = 2
  /// So many can be told apart; the decisions of others don't count.
  package static let approversMax = 17

  /// Deciders hashed to 32 bits, so that two people that share a hash count as one; 0 where a place
  /// is free.
  private var deciders = [UInt32](repeating: 0, count: approversMax)
  /// What each of them decided.
  private var decisions = [Decisions](repeating: Decisions(), count: approversMax)

  package init() {}

  /// How many different people approve.
  package var count: Int { decisions.count { $0.latest == true } }

  /// How many approve whose names are none of these.
  func count(without names: [String]) -> Int {
    let left = names.map(Self.hash)
    return deciders.indices.count {
      decisions[$0].latest == true && !left.contains(deciders[$0])
    }
  }

  /// How many rejected it and have not approved since.
  package var rejections: Int { decisions.count { $0.latest == false } }

  package var stateName: String? {
    if rejections > 0 { return "rejected" }
    return count == 0 ? nil : "approved"
  }

  package func decide(
    _ event: DomainEvent, _ context: DecideContext
  ) throws(LogError) -> EventFlags { [] }

  package mutating func evolve(_ event: DomainEvent) {}

  /// - Parameter amount: the hash of who decides, negative to take one decision back.
  package mutating func add(_ field: SumField, _ amount: Int64) {
    guard field == .approver || field == .rejecter,
      let who = UInt32(exactly: amount.magnitude), who > 0
    else { return }
    if let index = deciders.firstIndex(of: who) {
      if amount > 0 {
        decisions[index].add(isApproval: field == .approver)
      } else {
        decisions[index].remove(isApproval: field == .approver)
        if decisions[index].latest == nil { deciders[index] = 0 }
      }
    } else if amount > 0, let free = deciders.firstIndex(of: 0) {
      deciders[free] = who
      decisions[free].add(isApproval: field == .approver)
    }
  }

  package mutating func keepNeutralFields(of current: ApprovalState) {
    deciders = current.deciders
    decisions = current.decisions
  }

  /// A name as `approver` sums know it, never 0: `Bob` and `bob ` are one person.
  static func hash(of name: String) -> UInt32 {
    let blank = UInt8(ascii: " ")
    var bytes = name.utf8.drop { $0 <= blank }
    while let last = bytes.last, last <= blank { bytes.removeLast() }
    let small = bytes.map { (65...90).contains($0) ? $0 | 32 : $0 }
    return max(1, UInt32(truncatingIfNeeded: shortHash(String(decoding: small, as: UTF8.self))))
  }
}

/// The latest decisions of one person, as bits below a leading one: the newest is the lowest, and
/// an approval is set.
private struct Decisions: Hashable, Sendable {
  private(set) var bits: UInt16

  init(bits: UInt16 = 1) { self.bits = max(1, bits) }

  /// Whether the newest is an approval; nil when there is none.
  var latest: Bool? { bits > 1 ? bits & 1 == 1 : nil }

  private var count: Int { bits.bitWidth - 1 - bits.leadingZeroBitCount }

  mutating func add(isApproval: Bool) {
    // The oldest makes room.
    if bits.leadingZeroBitCount == 0 { bits = bits & 0x3FFF | 0x4000 }
    bits = bits << 1 | (isApproval ? 1 : 0)
  }

  /// Takes one back: of approvals the newest, of rejections the oldest, so that nobody is taken to
  /// approve who might not.
  mutating func remove(isApproval: Bool) {
    let places = 0..<count
    let found =
      isApproval
      ? places.first { bits >> UInt16($0) & 1 == 1 } : places.last { bits >> UInt16($0) & 1 == 0 }
    guard let found else { return }
    let place = UInt16(found)
    let newer = bits & ((1 << place) - 1)
    bits = ((bits >> (place + 1)) << place) | newer
  }
}

extension ApprovalState {
  package init(reading reader: inout ByteReader) {
    for index in 0..<Self.approversMax {
      deciders[index] = reader.integer(UInt32.self)
      decisions[index] = Decisions(bits: reader.integer(UInt16.self))
    }
  }

  package func write(to bytes: inout [UInt8]) {
    for index in 0..<Self.approversMax {
      bytes.append(littleEndian: deciders[index])
      bytes.append(littleEndian: decisions[index].bits)
    }
  }
}
