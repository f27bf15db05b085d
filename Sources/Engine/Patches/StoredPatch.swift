package import Bytes
package import Events
package import Pipeline

/// What the log holds about a patch: what it is, where it is, what was asked for, and what its
/// phase allows.
package struct StoredPatch: Sendable {
  package let id: ULID
  package let state: PatchState
  /// The payload of its `patch_created`.
  package let creation: Payload
  /// The ExecutionRequest that it answers; nil when the log does not know it.
  package internal(set) var request: Payload?
  /// The PhaseSpec of its phase; nil when it has none, or none was declared.
  package internal(set) var phase: Payload?
  /// The committed patch that takes this one back.
  package internal(set) var rolledBackBy: String?
  /// Its live events, oldest first.
  package let events: [LiveEvent]

  package var artifact: Payload? { creation.child("artifact") }
  package var origin: Payload? { artifact?.child("origin") }
  package var requestID: String? { origin?.text("execution_request_id") }
  package var project: String? { creation.text("project_id") }
  package var workstream: String? {
    creation.text("workstream_id") ?? origin?.text("workstream_id")
  }
  package var phaseID: String? {
    creation.text("phase_id") ?? origin?.text("phase_id") ?? request?.text("phase_id")
  }
  /// The patch that it takes back.
  package var takesBack: String? { creation.text(["relations", "rollback_of_patch_id"]) }
  /// The bytes of its diff.
  package var diffText: [UInt8] { Array((artifact?.text("diff_text") ?? "").utf8) }
}

/// Reads a patch in one view of the log; nil when there is none of this id.
struct ReadPatch: ReadUnit {
  let id: ULID
  /// Whether its history is wanted, too, and what became of it.
  var wantsEvents = true

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> StoredPatch? {
    guard let name = Name("patch-\(id)"), let number = try tables.number(of: name),
      let row = try tables.row(number),
      let found = try state(of: "patch-\(id)", as: PatchState.self, in: tables),
      let creation = try liveEvent(at: found.created, in: tables)?.payload
    else { return nil }
    var patch = StoredPatch(
      id: id, state: found, creation: creation,
      events: wantsEvents ? try liveHistory(endingAt: row.last, in: tables) : [])
    if found.rolledBackBy > 0, wantsEvents {
      patch.rolledBackBy = try liveEvent(
        at: Position(found.rolledBackBy), in: tables
      )?.payload?.text(["artifact", "patch_id"])
    }
    try fill(&patch, in: tables)
    return patch
  }
}

/// Reads what a patch was asked for and what its phase allows, as far as it lacks that.
struct ReadContext: ReadUnit {
  let patch: StoredPatch

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> StoredPatch {
    var filled = patch
    try fill(&filled, in: tables)
    return filled
  }
}

/// Reads an execution request; nil when there is none of this id.
struct ReadRequest: ReadUnit {
  let id: ULID

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Payload? {
    try request(id.description, in: tables)
  }
}

private func request(
  _ id: String, in tables: borrowing some LogReader & ~Copyable & ~Escapable
) throws(LogError) -> Payload? {
  let found = try state(of: "request-\(id)", as: RequestState.self, in: tables)
  guard let found else { return nil }
  return try liveEvent(at: found.requested, in: tables)?.payload?.child("request")
}

private func fill(
  _ patch: inout StoredPatch, in tables: borrowing some LogReader & ~Copyable & ~Escapable
) throws(LogError) {
  if patch.request == nil, let id = patch.requestID {
    patch.request = try request(id, in: tables)
  }
  if patch.phase == nil, let id = patch.phaseID,
    let phase = try state(of: "phase-\(id)", as: PhaseState.self, in: tables)
  {
    patch.phase = try liveEvent(at: phase.declared, in: tables)?.payload?.child("spec")
  }
}

extension Engine {
  /// What an execution request asks for, by its id; nil when the log has none.
  package func request(_ id: ULID) throws(LogError) -> Payload? {
    var read = ReadRequest(id: id)
    return try log.read(&read)
  }

  /// A patch by its id; throws when the log has none.
  package func patch(_ id: ULID) throws(LogError) -> StoredPatch {
    var read = ReadPatch(id: id)
    if let patch = try log.read(&read) { return patch }
    throw LogError(
      .notFound, "the log has no patch \(id)", hint: "`uetlog patch list` shows them")
  }
}
