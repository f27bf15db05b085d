package import Bytes
package import Events

/// The states of a review.
package enum ReviewStatus: UInt8, Lifecycle {
  case absent = 0, requested, assigned, decided, expired, withdrawn

  package static let thing = "review"
  package static let edges = Edges<ReviewStatus>([
    .absent: [.requested],
    .requested: [.assigned, .decided, .expired, .withdrawn],
    .assigned: [.decided, .expired, .withdrawn],
  ])
}

/// What a review decided.
package enum ReviewDecision: UInt8, CaseIterable, Sendable {
  case none = 0, approve, reject, adjust

  init(named name: String?) {
    self = Self.allCases.first { $0 != .none && "\($0)" == name } ?? .none
  }
}

/// A question to a person.
///
/// An approval counts for its subject, a rejection against it.
package struct ReviewState: StatusMachine {
  package static let category = Category.review
  package static let layout: UInt8 = 3

  package var status = ReviewStatus.absent
  package var decision = ReviewDecision.none
  package var requested = Position.none
  package var assigned = Position.none
  package var ended = Position.none
  package var subject = EntityNumber.none
  /// The row of those who approved the subject.
  package var approvals = EntityNumber.none
  /// Who decided, hashed to 32 bits; 0 for nobody.
  package var decider: UInt32 = 0

  package init() {}

  package mutating func enter(_ event: DomainEvent) {
    switch status {
    case .absent: break
    case .requested:
      requested = event.position
      subject = event.adds.first ?? .none
      approvals = event.adds.count > 1 ? event.adds[1] : .none
    case .assigned: assigned = event.position
    case .decided:
      decision = ReviewDecision(named: event.payload.text("decision"))
      decider = ApprovalState.hash(of: event.payload.text("by") ?? "")
      ended = event.position
    case .expired, .withdrawn: ended = event.position
    }
  }

  package func contributions() -> Shares {
    guard status == .decided, decision == .approve || decision == .reject else { return [] }
    let isApproval = decision == .approve
    var shares: Shares = []
    if isApproval, subject != .none { shares.append(Contribution(subject, .approvals, 1)) }
    if approvals != .none {
      shares.append(Contribution(approvals, isApproval ? .approver : .rejecter, Int64(decider)))
    }
    return shares
  }

  package static func target(of event: DomainEvent) -> ReviewStatus? {
    switch event.type {
    case .review_requested: .requested
    case .review_assigned: .assigned
    case .review_decided: .decided
    case .review_expired: .expired
    case .review_withdrawn: .withdrawn
    default: nil
    }
  }
}

extension ReviewState {
  package init(reading reader: inout ByteReader) {
    status = reader.status(ReviewStatus.self)
    decision = ReviewDecision(rawValue: reader.integer(UInt8.self)) ?? .none
    requested = reader.position()
    assigned = reader.position()
    ended = reader.position()
    subject = reader.number()
    approvals = reader.number()
    decider = reader.integer(UInt32.self)
  }

  package func write(to bytes: inout [UInt8]) {
    bytes.append(status)
    bytes.append(decision.rawValue)
    bytes.append(requested)
    bytes.append(assigned)
    bytes.append(ended)
    bytes.append(subject)
    bytes.append(approvals)
    bytes.append(littleEndian: decider)
  }
}
