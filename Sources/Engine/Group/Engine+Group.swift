internal import Bytes
internal import EventLog
internal import Events

extension Engine {
  /// Stores prepared drafts in one transaction, with those of others or by another's.
  func append(
    _ drafts: [PreparedDraft], _ options: AppendOptions, _ log: LMDBLog, _ group: GroupMember
  ) throws(LogError) -> [AppendUnit.Outcome] {
    var unit = unit(drafts, options)
    guard !options.isAtomic, !options.isDryRun, let request = GroupRequest.encoded(drafts) else {
      return try write(&unit, options)
    }
    var shared = GroupAppend(unit, drafts.count)
    let outcome = try log.write(
      request, with: group, waitNanoseconds: options.waitNanoseconds, &shared)
    switch outcome {
    case .led(let outcomes):
      shared.unit.keepRows()
      return Array(outcomes.prefix(drafts.count))
    case .answered(let bytes):
      if let outcomes = GroupAnswer.outcomes(bytes, of: drafts) { return outcomes }
    }
    // No answer to this request: it may be stored or not.
    return try write(&shared.unit, options)
  }
}

/// A writer's drafts, and after them those of others.
struct GroupAppend: GroupUnit {
  var unit: AppendUnit
  var isSuspect = false
  private let ownCount: Int
  /// The ids of the drafts that each of the others has brought in.
  private var others: [[ULID]] = []

  init(_ unit: AppendUnit, _ ownCount: Int) {
    self.unit = unit
    self.ownCount = ownCount
    // Whatever the slots say, nothing is stored twice: what was, or may have been, in anybody
    // else's hand is looked up.
    self.unit.mayBeStored = true
  }

  var isDryRun: Bool { unit.isDryRun }
  var mayUseReserve: Bool { unit.mayUseReserve }

  mutating func run(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) -> [AppendUnit.Outcome] { try unit.run(&tables) }

  mutating func take(_ request: [UInt8]) -> Bool {
    guard let drafts = GroupRequest.drafts(request, unit.preparer) else { return false }
    unit.add(drafts)
    others.append(drafts.map(\.envelope.eventID))
    return true
  }

  func answers(_ outcomes: [AppendUnit.Outcome]) -> [[UInt8]] {
    var rest = outcomes.dropFirst(ownCount)
    return others.map { ids in
      defer { rest = rest.dropFirst(ids.count) }
      return GroupAnswer.encoded(rest.prefix(ids.count), of: ids)
    }
  }
}
