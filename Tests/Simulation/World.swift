internal import Bytes
internal import Engine
internal import Events
internal import TestSupport

/// One seed: a log in memory, its twin on disk, actors that take turns, and the model of what must
/// be true.
///
/// Each step is done on every site, which must answer alike, and then judged by the model.
final class World {
  let sites: [Site]
  let clock = TestClock()
  let breakage: Breakage?
  var model = Model()
  var maker: DraftMaker
  var trace: Trace
  var figures = Figures()
  /// Drafts that each actor has prepared and not appended yet, on every site.
  var waiting: [[Waiting]]
  /// What each actor never learned the outcome of.
  var unsettled: [[Proposal]]
  /// What another actor does within this step.
  private var interference: Interference?
  /// The rows as they were after some positions.
  var remembered: [(position: Position, rows: Rows)] = []

  /// Drafts that were prepared a while ago.
  struct Waiting {
    var proposals: [Proposal]
    var prepared: [[PreparedDraft]]
  }

  init(seed: UInt64, withDisk: Bool, breakage: Breakage?, isVerbose: Bool) throws {
    maker = DraftMaker(seed: seed)
    self.breakage = breakage
    trace = Trace(isVerbose: isVerbose)
    let isUnseeded = breakage == .unseededEntropy
    let entropy = SeededEntropy(
      seed: isUnseeded ? UInt64.random(in: 0 ... .max) : maker.generator.next())
    var places = [breakage.map { Site.Place.broken($0) } ?? .memory]
    // A small map has to grow in the middle of transactions.
    let isSmall = maker.generator.chance(4)
    if withDisk { places.append(.lmdb(mapByteCount: isSmall ? 128 << 10 : 64 << 20)) }
    let clock = clock
    let isDifferent = breakage == .differentTwin
    sites = try places.enumerated().map { index, place in
      var entropy = entropy
      if isDifferent, index > 0 { entropy = entropy.split() }
      return try Site(place, actors: DraftMaker.actors, clock: clock, entropy: entropy)
    }
    model.states.lacksAnEdge = breakage == .narrowedTable
    waiting = Array(repeating: [], count: DraftMaker.actors)
    unsettled = Array(repeating: [], count: DraftMaker.actors)
  }

  /// Lives through the world's steps and checks the log at their end.
  func run() throws {
    // Long ones cross the borders of the tree's blocks, which hold 256 leaves each.
    let isLong = maker.generator.chance(20)
    maker.scale = isLong ? 8 : 1
    let count = isLong ? 1000 : maker.generator.int(80...240)
    for step in 1...count {
      do { try self.step() } catch let error as Breach {
        throw Breach("step \(step): \(error)")
      } catch { throw Breach("step \(step): unexpectedly \(error)") }
    }
    disarm()
    for actor in 0..<DraftMaker.actors { try settle(actor) }
    try audit()
    figures.events = model.count
    figures.reactions = model.events.count { $0.cause != nil }
    figures.late = model.events.count { $0.receipt.flags.contains(.late) }
    figures.coverage = model.states.coverage
    for event in model.events { figures.coverage.note(type: event.type) }
    figures.duplicates = model.duplicates
    figures.refusals = model.refusals
    figures.faults += sites[0].log.injected
  }

  private func step() throws {
    moveClock()
    let actor = maker.generator.int(0...DraftMaker.actors - 1)
    switch maker.generator.int(0...99) {
    case 0...29: try appendOne(actor)
    case 30...49: try appendBatch(actor)
    case 50...56: try prepare(actor)
    case 57...64: try appendWaiting(actor)
    case 65...70: try settle(actor)
    case 71...76: try repeatEarlier(actor)
    case 77...82: try undoOne(actor)
    case 83: if maker.generator.chance(2) { try seal(actor) } else { try redact(actor) }
    case 84...86: try compensate(actor)
    case 87...92: try read(actor)
    case 93: try fold(actor)
    case 94: try project(actor)
    case 95: try rebuild(actor)
    case 96: try dryRun(actor)
    case 97...98:
      trace.note("actor \(actor) restarts")
      figures.restarts += 1
      // What it had prepared is gone with it.
      waiting[actor] = []
      for site in sites { site.restart(actor) }
    default:
      trace.note("all restart")
      figures.restarts += 1
      for actor in waiting.indices { waiting[actor] = [] }
      if maker.generator.chance(3) { try compact() }
      for site in sites { try site.restartAll() }
    }
    disarm()
  }

  private func moveClock() {
    switch maker.generator.int(0...19) {
    case 0: clock.advance(seconds: -Int64(maker.generator.int(1...3600)))
    case 1: clock.advance(seconds: Int64(maker.generator.int(3600...90_000)))
    case 2...9: break
    default: clock.advance(seconds: Int64(maker.generator.int(0...40)))
    }
  }

  /// Lets something go wrong in this step, or another actor come first, now and then.
  func arm(_ actor: Int) {
    if maker.generator.chance(7) {
      let fault = maker.generator.pick(Fault.allCases)
      for site in sites { site.log.arm(fault) }
    } else if maker.generator.chance(8) {
      let other = (actor + 1) % DraftMaker.actors
      var proposal = maker.next(model, actor: other)
      // It is made before the model has seen what else this step brings.
      proposal.expect = nil
      let interference = Interference(proposal, actor: other)
      for site in sites { site.log.arm(nil, meanwhile: interference.deed(on: site)) }
      self.interference = interference
    }
  }

  /// Judges what another actor did within this step: before what the step itself came to.
  private func takeInterference() throws {
    guard let interference else { return }
    self.interference = nil
    let results = interference.results
    guard let first = results.first else { return }
    figures.interferences += 1
    trace.note("  meanwhile actor \(interference.actor): \(interference.proposal.line): \(first)")
    try demand(
      results.count == sites.count && results.allSatisfy { $0 == first },
      "the logs differ: \(results)")
    try take(first.asOutcomes, [interference.proposal], interference.actor, isAtomic: true)
  }

  func disarm() {
    for site in sites { site.log.arm(nil) }
    interference = nil
  }

  /// Does the same on every site; all must come to the same result.
  func onAll<Result: Equatable & Sendable>(
    _ doing: (Site, Int) throws(LogError) -> Result
  ) throws -> Attempt<Result> {
    var attempts: [Attempt<Result>] = []
    for (index, site) in sites.enumerated() {
      attempts.append(Attempt(on: site.log) { () throws(LogError) in try doing(site, index) })
    }
    try takeInterference()
    for other in attempts.dropFirst() where other != attempts[0] {
      throw Breach("memory comes to \(attempts[0]), LMDB to \(other)")
    }
    trace.note("  \(attempts[0])")
    return attempts[0]
  }
}

/// How something ended that may fail.
struct Attempt<Result: Equatable & Sendable>: Equatable, Sendable {
  var result: Result?
  /// What was committed all the same.
  var lost: [AppendUnit.Outcome]?
  var error: LogError?

  init(result: Result?, lost: [AppendUnit.Outcome]?, error: LogError?) {
    self.result = result
    self.lost = lost
    self.error = error
  }

  init(on log: FaultyLog, _ doing: () throws(LogError) -> Result) {
    do throws(LogError) {
      self.init(result: try doing(), lost: nil, error: nil)
    } catch {
      self.init(result: nil, lost: log.takeLost(), error: error)
    }
  }
}
