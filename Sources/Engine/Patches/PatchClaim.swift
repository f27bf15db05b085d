internal import Bytes
package import Events
internal import Pipeline

/// What came of looking into a `patch_validated` before the lock: such an event says that a patch
/// passed its checks, and nobody is believed that.
package final class PatchClaim: Sendable {
  /// Where the patch was created that was judged; none when an earlier draft of the same unit
  /// creates it, or nobody.
  package let created: Position
  /// Why it is refused; nil when it claims no more than was found.
  let refusal: LogError?
  /// Whether it is a later step of a patch whose validation was imported, copied with it.
  let isOfImport: Bool

  package init(created: Position, refusal: LogError? = nil, isOfImport: Bool = false) {
    self.created = created
    self.refusal = refusal
    self.isOfImport = isOfImport
  }
}

extension PreparedDraft {
  /// Whether it claims what must be judged before it is stored.
  var isClaim: Bool {
    // What an import brings is judged, not refused, and marked.
    if case .patch_validated = definition.type {
      !envelope.flags.contains(.imported)
    } else {
      false
    }
  }
}

extension PreparedDraft {
  /// Whether it may be a step that an import told of a patch after its validation: then the ids of
  /// both have the time of one commit.
  fileprivate var mayBeOfImport: Bool {
    switch definition.type {
    case .patch_queued, .patch_apply_succeeded, .patch_verified, .patch_committed:
      guard hasGivenID, !envelope.flags.contains(.imported),
        let patch = payload.text("patch_id").flatMap({ ULID($0) })
      else { return false }
      return patch.milliseconds == envelope.eventID.milliseconds
    default: return false
    }
  }
}

extension Engine {
  /// The drafts, those that claim a verdict with what came of judging it again.
  ///
  /// This is done by whoever offers them and before the lock, for it reads files, parses diffs and
  /// matches patterns. Nobody changes what is judged meanwhile: an artifact stays as it was
  /// created, and that it is that one is checked again under the lock. A request or a phase that
  /// is declared in between counts from then on.
  func judged(_ drafts: [PreparedDraft]) throws(LogError) -> [PreparedDraft] {
    let span = drafts.span
    for index in span.indices where span[index].isClaim || span[index].mayBeOfImport {
      return try judgedClaims(drafts)
    }
    return drafts
  }

  private func judgedClaims(_ drafts: [PreparedDraft]) throws(LogError) -> [PreparedDraft] {
    var batch = BatchPatches()
    var judged: [PreparedDraft] = []
    judged.reserveCapacity(drafts.count)
    for draft in drafts {
      if draft.isClaim {
        do throws(LogError) {
          let draft = try self.judged(draft, batch)
          if draft.envelope.flags.contains(.imported) { batch.noteImport(of: draft) }
          judged.append(draft)
        } catch { throw error.at(line: draft.line) }
      } else if draft.mayBeOfImport, try isOfImport(draft, batch) {
        judged.append(draft.imported(PatchClaim(created: .none, isOfImport: true)))
      } else {
        batch.note(draft)
        judged.append(draft)
      }
    }
    return judged
  }

  /// Whether a step of a patch is a copy of an event that an import made, of a patch whose
  /// validation came with that import, too.
  private func isOfImport(
    _ draft: PreparedDraft, _ batch: BatchPatches
  ) throws(LogError) -> Bool {
    guard let id = draft.payload.text("patch_id").flatMap({ ULID($0) }) else { return false }
    var read = ReadPatch(id: id, wantsEvents: false)
    if let known = try log.read(&read) {
      guard draft.isOfCommit(known) else { return false }
      return known.state.flags.contains(.validationImported)
        || batch.hasImport(of: draft.envelope.stream)
    }
    let candidates = batch.candidates(draft.envelope.stream, id)
    guard let first = candidates.first, candidates.count == 1 else { return false }
    return draft.isOfCommit(first.patch) && batch.hasImport(of: draft.envelope.stream)
  }

  /// Judges what the log has of the patch, else what the drafts before have of it: of several that
  /// create it nobody knows yet which one is taken, so all of them must pass.
  private func judged(
    _ draft: PreparedDraft, _ batch: BatchPatches
  ) throws(LogError) -> PreparedDraft {
    guard let id = draft.payload.text("patch_id").flatMap({ ULID($0) }) else { return draft }
    var read = ReadPatch(id: id, wantsEvents: false)
    let known = try log.read(&read)
    let candidates =
      known.map { [BatchPatches.Candidate(patch: $0)] }
      ?? batch.candidates(draft.envelope.stream, id)
    let created = known?.state.created ?? .none
    if let first = candidates.first, candidates.count == 1, draft.isOfCommit(first.patch) {
      return draft.imported()
    }
    guard let policies else {
      throw LogError(.settings, "the log is open without policies, so no patch can be judged")
    }
    for candidate in candidates {
      let patch = try completed(candidate.patch, batch)
      let judgement = try judge(
        patch, try policies.policy(for: patch), after: candidate.earlier)
      if let refusal = judgement.refusal(of: draft.payload, rules) {
        return draft.judged(PatchClaim(created: created, refusal: refusal))
      }
    }
    return draft.judged(PatchClaim(created: created))
  }
}

extension AppendUnit {
  /// Throws what came of judging a claim, and a conflict when another patch was judged than the log
  /// has by now.
  mutating func mustHold(
    _ draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    if let claim = draft.claim, claim.isOfImport { return try mustBeOfImport(draft, in: tables) }
    guard draft.isClaim else { return }
    guard let claim = draft.claim else {
      throw LogError(.rejected, "\(draft.envelope.stream) was not judged before it was offered")
    }
    if let refusal = claim.refusal { throw refusal }
    var created = Position.none
    if let slot = try machine.cache.load(draft.envelope.stream, from: tables),
      let patch = machine.cache.state(slot) as? PatchState
    {
      created = patch.created
    }
    // One that is not there is refused by its edges; in this unit only its own drafts, which were
    // judged, come before it.
    if created == .none || created == claim.created { return }
    if claim.created == .none, created > endBefore { return }
    throw LogError(
      .conflict, "\(draft.envelope.stream) was created while it was judged, maybe anew",
      hint: "Append the event again: then it is judged as it is now")
  }

  /// Throws a conflict when the patch of a copied step was validated here meanwhile: its guards are
  /// for all then.
  private mutating func mustBeOfImport(
    _ draft: PreparedDraft, in tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    if let slot = try machine.cache.load(draft.envelope.stream, from: tables),
      let patch = machine.cache.state(slot) as? PatchState,
      patch.flags.contains(.validationImported)
    {
      return
    }
    throw LogError(
      .conflict, "the validation of \(draft.envelope.stream) is none of an import any more",
      hint: "Append the event again")
  }
}
