internal import Engine
internal import Events
internal import TestSupport

/// Names, numbers and rows: what a fold and the log must agree on.
struct Rows: Equatable {
  var names: [Name: EntityNumber]
  var rows: [EntityNumber: StateRow]

  init(_ folder: Folder) {
    names = folder.names
    rows = folder.rows
  }

  init(_ dump: LogDump) {
    names = dump.names
    rows = dump.rows
  }

  /// The names of rows that differ.
  func differences(from other: Rows) -> [String] {
    Set(names.keys).union(other.names.keys).filter { name in
      names[name] != other.names[name]
        || names[name].flatMap { rows[$0] } != other.names[name].flatMap { other.rows[$0] }
    }.map(\.description).sorted()
  }
}

/// Actors that read and fold.
extension World {
  /// Reads a stream, a run or all, onwards or backwards, and stops when it likes.
  func read(_ actor: Int) throws {
    var query = Query()
    var expected = model.events
    switch maker.generator.int(0...2) {
    case 0:
      guard let stream = maker.generator.pick(model.revisions.keys.sorted()) else { return }
      query.stream = Name(stream)
      expected = expected.filter { $0.stream == stream }
    case 1:
      guard let run = maker.generator.pick(expected.compactMap(\.runID)) else { return }
      query.runID = run
      expected = expected.filter { $0.runID == run }
    default: break
    }
    if maker.generator.chance(3), let moment = maker.generator.pick(expected)?.recordedAt {
      query.since = moment
      expected = expected.filter { $0.recordedAt >= moment }
    }
    query.isBackwards = maker.generator.chance(3)
    if query.isBackwards { expected.reverse() }
    let most = maker.generator.chance(2) ? maker.generator.int(1...20) : .max
    trace.note("actor \(actor) reads \(query.stream?.description ?? "all"), at most \(most)")
    arm(actor)
    figures.reads += 1
    let attempt = try onAll { (site, _) throws(LogError) in
      var found: [UInt64] = []
      try site.engines[actor].replay(query) { event in
        found.append(event.position.rawValue)
        return found.count < most
      }
      return found
    }
    guard let found = attempt.result else {
      return try demand(attempt.error?.code == .system, "\(String(describing: attempt.error))")
    }
    let positions = expected.prefix(most).map(\.receipt.position.rawValue)
    try demand(found == positions, "read \(found), stored are \(positions)")
  }

  /// Folds from the first event on, to the end or to a position whose rows are remembered.
  func fold(_ actor: Int) throws {
    figures.folds += 1
    trace.note("actor \(actor) folds")
    let earlier = maker.generator.chance(2) ? maker.generator.pick(remembered) : nil
    for site in sites {
      let folded = Rows(try site.engines[actor].fold(to: earlier?.position ?? Position(.max)))
      let expected = try earlier?.rows ?? Rows(site.dump())
      let differences = folded.differences(from: expected)
      try demand(
        differences.isEmpty,
        "folding to \(earlier?.position.description ?? "the end") gives other rows: \(differences)")
    }
  }

  /// Keeps the rows as they are now, now and then.
  func remember() {
    guard maker.generator.chance(12), let dump = try? sites[0].dump() else { return }
    remembered.append((dump.head.position, Rows(dump)))
  }
}
