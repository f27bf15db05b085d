internal import Bytes
internal import Engine
internal import Events
internal import Merkle
internal import Pipeline
internal import TestSupport

/// What must be true of the log in the end.
extension World {
  func audit() throws {
    let dump = try sites[0].dump()
    try auditEvents(dump)
    try auditStates(dump)
    try auditSeals(dump)
    for actor in 0..<DraftMaker.actors where actor == 0 || maker.generator.chance(2) {
      let folded = Rows(try sites[0].engines[actor].fold())
      let differences = folded.differences(from: Rows(dump))
      try demand(differences.isEmpty, "the fold and the rows differ: \(differences)")
    }
    let money = Money(countedFrom: dump.events)
    let differences = try Money(storedIn: dump).differences(from: money)
    try demand(differences.isEmpty, "sums are not those of the charges: \(differences)")
    try demand(
      money.sums["budget-total"]?.spent ?? 0 == spentByModel, "the charges are not those offered")
    for site in sites.dropFirst() {
      try demand(try site.dump() == dump, "the log on disk has other contents")
      guard let verification = site.verification() else { continue }
      try demand(
        verification.verdict == .intact, "verify: \(verification.findings.map(\.message))")
    }
    trace.note("root \(dump.head.frontier.root) after \(dump.head.position)")
  }

  /// Each event with a receipt is there as promised, and nothing else is.
  private func auditEvents(_ dump: LogDump) throws {
    try demand(
      dump.events.count == model.count && dump.head.position.rawValue == UInt64(model.count),
      "\(dump.events.count) events are stored, \(model.count) were promised")
    var lastInStream: [Name: Position] = [:]
    for (event, promise) in zip(dump.events, model.events) {
      let envelope = event.envelope
      let receipt = promise.receipt
      let isKept =
        event.position == receipt.position && envelope.eventID == receipt.eventID
        && envelope.type == receipt.type && envelope.stream == receipt.stream
        && envelope.revision == receipt.revision && envelope.flags == receipt.flags
        && envelope.runID == promise.runID
        && dump.leaves[Int(event.position.rawValue)] == receipt.leaf
        && envelope.previousInStream == lastInStream[envelope.stream] ?? .none
      try demand(isKept, "position \(event.position) is not what its receipt says")
      try demand(
        envelope.recordedAt == promise.recordedAt,
        "position \(event.position) was recorded at \(envelope.recordedAt)")
      try demand(
        promise.cause ?? envelope.causationID == envelope.causationID,
        "position \(event.position) names another cause")
      lastInStream[envelope.stream] = event.position
      guard let proposal = promise.proposal else { continue }
      // What only the log knows stands in front of what was offered.
      let payload = dump.payload(Int(event.position.rawValue)) ?? ""
      let isAsOffered = payload.hasSuffix(proposal.members + "}")
      let isRedacted = model.redacted.contains(event.position)
      try demand(isAsOffered != (proposal.isMasked || isRedacted), "\(payload) is stored")
      try demand(
        event.isRedacted == isRedacted && (!isRedacted || payload.contains("[REDACTED:")),
        "\(payload) is redacted, or should be")
      try demand(!payload.contains(DraftMaker.secret), "\(payload) shows a secret")
    }
    try demand(dump.recomputedRoot == dump.head.frontier.root, "the tree has another root")
  }

  /// Each row is in the state that the events which stand lead to.
  private func auditStates(_ dump: LogDump) throws {
    for entity in model.states.entities {
      let row = Name(entity).flatMap { dump.names[$0] }.flatMap { dump.rows[$0] }
      let found = try row.flatMap { row throws(LogError) in try decodeState(row) }?.stateName
      let expected = model.states.state(of: entity)
      try demand(
        found == expected, "\(entity) is \(found ?? "nothing"), not \(expected ?? "nothing")")
    }
  }

  private var spentByModel: Int64 {
    model.events.reduce(0) { sum, event in
      guard event.type == "cost_charged", !event.isCancelled, let proposal = event.proposal,
        let amount = Payload(Array(proposal.payload.utf8))?.integer("amount_micro_usd")
      else { return sum }
      return sum + amount
    }
  }
}
