internal import Bytes
internal import Events
internal import TestSupport

/// Makes drafts about a small world: most of them legal where things stand, many not.
struct DraftMaker {
  var generator: SeededEntropy
  private var made = 0

  static let actors = 3
  /// Made up, in the shape of a real one.
  static let secret = "ghp_" + String(repeating: "aB3dE6gH9j", count: 3) + "kL2mN5"

  /// How many times as many things there are as in a small world.
  var scale = 1

  init(seed: UInt64) { generator = SeededEntropy(seed: seed) }

  /// The next draft, with what drafts may have besides type and payload.
  mutating func next(_ model: Model, actor: Int) -> Proposal {
    made += 1
    if generator.chance(25) { return flawed() }
    let run = generator.chance(2) ? self.run() : nil
    var proposal = subject(model, run)
    proposal.source = "tool-\(actor)"
    proposal.runID = run.flatMap { ULID($0) }
    if generator.chance(4) { proposal.eventID = id() }
    if generator.chance(6) { proposal.key = "key-\(generator.int(1...30))" }
    if generator.chance(9) {
      let revision = Int(model.revisions[proposal.stream] ?? 0)
      proposal.expect = UInt64(generator.chance(3) ? generator.int(0...9) : revision)
    }
    if generator.chance(8) { proposal.time = "2025-12-0\(generator.int(1...9))T10:00:00Z" }
    proposal.isImported = generator.chance(20) && !proposal.stream.hasPrefix("saga-")
    return proposal
  }

  /// An id that no other draft has.
  mutating func id() -> ULID {
    ULID(milliseconds: 1_767_225_600_000 + UInt64(made), random: (7, generator.next()))
  }

  private mutating func subject(_ model: Model, _ run: String?) -> Proposal {
    switch generator.int(0...19) {
    case 0...3: task(model)
    case 4...5: worker(model)
    case 6...8: patch(model)
    case 9...11: money(run)
    case 12: tool(model)
    case 13: gate(model)
    case 14: review(model)
    case 15: saga(model)
    case 16: self.run(model)
    case 17: generator.chance(2) ? phase(model) : workstream(model)
    case 18: generator.chance(2) ? error(model) : aside(model)
    default: note(run)
    }
  }

  /// One that is refused, whatever the log holds: most can't even be prepared.
  private mutating func flawed() -> Proposal {
    var proposal: Proposal
    switch generator.int(0...3) {
    case 0:
      proposal = Proposal("task_vanished", "task-T1", #""task_id":"T1""#)
      proposal.flaw = .unknownType
    case 1:
      proposal = Proposal("task_created", "task-T1", #""task_id":"T1""#)
      proposal.flaw = .violation
    case 2:
      proposal = Proposal("task_started", "task-T1", #""task_id":5"#)
      proposal.flaw = .violation
    default:
      // The record of a policy that nobody has.
      let id = patchID()
      proposal = Proposal(
        "patch_validated", "patch-\(id)",
        #""patch_id":"\#(id)","validation":{"format_ok":true,"scope_ok":true,"#
          + #""constraints_ok":true},"policy":{"digest":"0000000000000000"}"#)
      proposal.flaw = .rejected
    }
    return proposal
  }

  /// The state to go to: mostly one that the table allows.
  mutating func target(_ entity: String, _ model: Model) -> String {
    guard let table = DocumentedTable.of(entity) else { return "" }
    let from = model.states.state(of: entity)
    let legal = from.map { table.next[$0] ?? [] } ?? table.first ?? [table.start]
    let choice = generator.chance(5) ? table.states : legal
    return generator.pick(choice) ?? generator.pick(table.states) ?? ""
  }

  mutating func run() -> String { "0000000000000000000000000\(generator.int(1...3))" }
  /// The number of one of so many things.
  mutating func some(_ count: Int) -> Int { generator.int(1...count * scale) }

  mutating func patchID() -> String { "0000000000000000000000P\(100 + some(4))" }
  mutating func taskID() -> String {
    generator.chance(12) ? "FIX-T\(some(4))" : "T\(some(4))"
  }
  mutating func workerID() -> String { "w\(some(3))" }

  private mutating func note(_ run: String?) -> Proposal {
    let isSecret = generator.chance(4)
    let text = isSecret ? "see \(Self.secret)" : "n\(generator.int(0...9))"
    var proposal = Proposal("note", "note-\(run ?? "log")", #""text":"\#(text)""#)
    proposal.isMasked = isSecret
    return proposal
  }
}
