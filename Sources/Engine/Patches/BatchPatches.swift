internal import Bytes
internal import Events
internal import Pipeline

/// What the drafts of one batch say of patches, requests and phases before the log has them.
struct BatchPatches {
  private var declared: [Name: PreparedDraft] = [:]
  private var created: [Name: [Int]] = [:]
  /// The drafts that create patches, in their order.
  private var creations: [PreparedDraft] = []

  /// The patches whose validation is a copy of an import's.
  private var imported: Set<Name> = []

  mutating func noteImport(of draft: PreparedDraft) { imported.insert(draft.envelope.stream) }

  func hasImport(of patch: Name) -> Bool { imported.contains(patch) }

  mutating func note(_ draft: PreparedDraft) {
    switch draft.definition.type {
    case .patch_created:
      created[draft.envelope.stream, default: []].append(creations.count)
      creations.append(draft)
    case .execution_requested, .phase_declared:
      if declared[draft.envelope.stream] == nil { declared[draft.envelope.stream] = draft }
    default: break
    }
  }

  /// A patch that may be judged, and the drafts before it that create patches.
  struct Candidate {
    let patch: StoredPatch
    var earlier: ArraySlice<PreparedDraft> = []
  }

  /// The patches that the drafts create under a name.
  func candidates(_ name: Name, _ id: ULID) -> [Candidate] {
    (created[name] ?? []).map { index in
      Candidate(
        patch: StoredPatch(
          id: id, state: PatchState(), creation: creations[index].payload, events: []),
        earlier: creations[..<index])
    }
  }

  /// The request of a name.
  func request(_ id: String) -> Payload? { first("request-\(id)")?.child("request") }

  /// The specification of a phase.
  func phase(_ id: String) -> Payload? { first("phase-\(id)")?.child("spec") }

  private func first(_ name: String) -> Payload? {
    if declared.isEmpty { return nil }
    return Name(name).flatMap { declared[$0] }?.payload
  }
}

extension Engine {
  /// A patch with its request and its phase: as the log has them, else as drafts declare them.
  func completed(_ patch: StoredPatch, _ batch: BatchPatches) throws(LogError) -> StoredPatch {
    var read = ReadContext(patch: patch)
    var patch = try log.read(&read)
    if patch.request == nil, let id = patch.requestID, let request = batch.request(id) {
      // It may name the phase.
      patch.request = request
      read = ReadContext(patch: patch)
      patch = try log.read(&read)
    }
    if patch.phase == nil, let id = patch.phaseID { patch.phase = batch.phase(id) }
    return patch
  }
}

extension PreparedDraft {
  /// Whether its id and that of its patch follow from the commit that the patch names: then it is
  /// a copy of an event that an import of the commit made.
  func isOfCommit(_ patch: StoredPatch) -> Bool {
    guard let hash = patch.origin?.text("tool_run_id"),
      let time = patch.origin?.text("created_at").flatMap({ Timestamp(Array($0.utf8).span) })
    else { return false }
    let ids = CommitIDs(hash: hash, seconds: time.nanoseconds / 1_000_000_000)
    return patch.id == ids.patch && envelope.eventID == ids.id(definition.name)
  }
}
