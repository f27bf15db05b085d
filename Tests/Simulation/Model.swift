internal import Bytes
internal import Engine
internal import Events
internal import TestSupport

/// What must be true of a log, by its receipts alone: simple, and apart from the engine.
struct Model {
  /// An event that the log has promised.
  struct Stored {
    var receipt: Receipt
    var type: String
    var stream: String
    var runID: ULID?
    var recordedAt: Timestamp
    /// What was offered; nil for reactions.
    var proposal: Proposal?
    var entity: String
    var cause: ULID?
    var isCancelled = false
  }

  private(set) var events: [Stored] = []
  private(set) var revisions: [String: UInt64] = [:]
  var states = EntityHistories()
  /// Events whose payload is not what was offered any more.
  var redacted: Set<Position> = []
  private(set) var duplicates = 0
  private(set) var refusals = 0
  private var recordedAt = Timestamp(nanoseconds: .min)
  private var byID: [ULID: Int] = [:]
  private var byKey: [String: Int] = [:]
  private var byUnique: [String: Int] = [:]

  var count: Int { events.count }

  /// What an id, a key or a unique member of a proposal stands for already.
  private func known(_ proposal: Proposal) -> (index: Int, isSame: Bool)? {
    func same(_ index: Int) -> Bool { events[index].proposal?.content == proposal.content }
    if let id = proposal.eventID, let index = byID[id] { return (index, same(index)) }
    if let key = proposal.scopedKey, let index = byKey[key] { return (index, same(index)) }
    if let unique = proposal.unique, let index = byUnique[unique.name] {
      return (index, unique.isAnswer || same(index))
    }
    return nil
  }

  /// Takes in what became of one draft of a transaction that was committed.
  mutating func take(
    _ outcome: AppendUnit.Outcome, of proposal: Proposal, now: Timestamp
  ) throws {
    switch outcome {
    case .failure(let error): try takeRefusal(error, of: proposal)
    case .success(let receipt):
      if let first = known(proposal) {
        try demand(first.isSame, "\(proposal.content) is stored under an id that is taken")
        try demand(receipt.isDuplicate, "\(proposal.content) is stored a second time")
        let expected = events[first.index].receipt.repeated
        try demand(receipt == expected, "the duplicate has another receipt: \(receipt)")
        duplicates += 1
      } else {
        try demand(!receipt.isDuplicate, "\(receipt) calls a new event a duplicate")
        try takeNew(receipt, of: proposal, now: now)
      }
    }
  }

  /// A refusal must have a reason that the model knows, or none that it knows to be wrong.
  mutating func takeRefusal(_ error: LogError, of proposal: Proposal) throws {
    refusals += 1
    // Another actor created the patch after it was judged: it is to be judged again.
    if proposal.type == "patch_validated", proposal.expect == nil, error.code == .conflict {
      return
    }
    if let flaw = proposal.flaw {
      return try demand(error.code == flaw, "\(proposal.line) is refused by \(error)")
    }
    if let first = known(proposal) {
      return try demand(
        !first.isSame && error.code == .idTaken, "a duplicate of \(proposal.content): \(error)")
    }
    if let expect = proposal.expect, expect != revisions[proposal.stream] ?? 0 {
      return try demand(error.code == .conflict, "expected revision \(expect): \(error)")
    }
    let codes: [LogError.Code] =
      proposal.reverses == nil ? [.rejected, .budget] : [.rejected, .conflict, .notFound]
    try demand(codes.contains(error.code), "\(proposal.line) is refused by \(error)")
    let entity = proposal.entity ?? proposal.stream
    if let target = proposal.target, let table = DocumentedTable.of(entity), table.isWhole {
      let from = states.state(of: entity)
      try demand(
        !table.allows(from, target), "\(entity): \(from ?? "nothing") → \(target): \(error)")
    }
  }

  private mutating func takeNew(
    _ receipt: Receipt, of proposal: Proposal, now: Timestamp
  ) throws {
    try demand(proposal.flaw == nil, "\(proposal.line) is stored")
    let revision = revisions[proposal.stream] ?? 0
    try demand(
      proposal.expect ?? revision == revision,
      "\(proposal.line) is stored after revision \(revision)")
    try demand(
      proposal.plannedAt ?? revision == revision,
      "\(proposal.line) is stored, and \(proposal.stream) has moved on")
    try demand(
      receipt.stream.description == proposal.stream, "\(proposal.line) is in \(receipt.stream)")
    try demand(receipt.type == proposal.type, "\(proposal.line) is of type \(receipt.type)")
    try demand(
      proposal.eventID ?? receipt.eventID == receipt.eventID, "\(receipt) has another id")
    try demand(
      receipt.flags.contains(.imported) == proposal.isImported
        && !receipt.flags.contains(.reaction), "\(receipt) has other flags")
    let index = events.count
    try store(receipt, proposal, runID: proposal.runID, cause: nil, now: now)
    if let key = proposal.scopedKey { byKey[key] = index }
    if let unique = proposal.unique { byUnique[unique.name] = index }
    if proposal.isImported {
      try demand(receipt.reactions.isEmpty, "the import \(receipt) has reactions")
    }
    try demand(
      receipt.flags.contains(.masked) == proposal.isMasked, "\(receipt): masked or not")
  }

  /// Takes one new event in, and then those that it brought about.
  private mutating func store(
    _ receipt: Receipt, _ proposal: Proposal?, runID: ULID?, cause: ULID?, now: Timestamp
  ) throws {
    let stream = receipt.stream.description
    try demand(
      receipt.position.rawValue == UInt64(events.count) + 1,
      "position \(receipt.position) follows \(events.count)")
    let revision = (revisions[stream] ?? 0) + 1
    try demand(receipt.revision == revision, "\(stream) goes on with \(receipt.revision)")
    try demand(byID[receipt.eventID] == nil, "the id \(receipt.eventID) comes twice")
    revisions[stream] = revision
    recordedAt = max(recordedAt, now)
    byID[receipt.eventID] = events.count
    let entity = proposal?.entity ?? stream
    events.append(
      Stored(
        receipt: receipt, type: receipt.type, stream: stream, runID: runID,
        recordedAt: recordedAt, proposal: proposal, entity: entity, cause: cause))
    if let target = proposal?.reverses {
      try cancel(target)
    } else {
      try states.take(
        receipt, entity: entity, target: proposal?.target ?? reactionTarget(receipt.type),
        isImported: proposal?.isImported ?? false)
    }
    for reaction in receipt.reactions {
      try demand(reaction.flags.contains(.reaction), "\(reaction) is not flagged")
      try store(reaction, nil, runID: runID, cause: receipt.eventID, now: now)
    }
  }

  private mutating func cancel(_ id: ULID) throws {
    guard let index = byID[id] else { throw Breach("\(id) is undone and was never stored") }
    try demand(!events[index].isCancelled, "\(id) is undone twice")
    events[index].isCancelled = true
    states.cancel(id, of: events[index].entity)
  }

  /// The event of an id, if it is stored.
  func stored(_ id: ULID) -> Stored? { byID[id].map { events[$0] } }
}

extension Proposal {
  fileprivate var scopedKey: String? { key.map { "\(source) \(type) \($0)" } }
}

/// The state that a reaction leads to.
private func reactionTarget(_ type: String) -> String? {
  switch type {
  case "task_created", "task_retried": "pending"
  case "review_requested": "requested"
  case "circuit_opened": "open"
  case "patch_dropped": "dropped"
  default: nil
  }
}
