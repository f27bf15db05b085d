internal import Bytes
internal import Engine
internal import EventLog
internal import Events
internal import Pipeline

/// A patch that is given up, in the place of one that was offered: the same diff for the same
/// request is the same patch, whatever else is said of it.
struct DeadTwin {
  let patch: StoredPatch
  /// What the draft says otherwise.
  private let differences: [String]

  /// Nil when the receipt is of no such patch.
  init?(
    _ draft: PreparedDraft, _ receipt: Receipt, _ engine: Engine<some EventLog>
  ) throws(LogError) {
    guard draft.definition.type == .patch_created, receipt.isDuplicate,
      let id = ULID(receipt.stream.id)
    else { return nil }
    patch = try engine.patch(id)
    guard patch.state.status.canBeResubmitted else { return nil }
    let stored = patch.creation
    differences = [
      ("issue", ["issue_ref"]), ("project", ["project_id"]),
      ("tool", ["artifact", "origin", "tool_id"]),
    ].compactMap { name, path in
      let (before, now) = (stored.text(path), draft.payload.text(path))
      return before == now ? nil : "its \(name) is \(before ?? "none"), not \(now ?? "none")"
    }
  }

  var text: String {
    let told = differences.isEmpty ? "" : " (\(differences.joined(separator: ", ")))"
    return "the same diff for the same request is patch-\(patch.id), which is "
      + "\(patch.state.stateName ?? "nowhere")\(told); `uetlog patch resubmit \(patch.id)` puts it "
      + "up again, as a new patch"
  }
}

extension PatchStatus {
  /// Whether a patch is given up: then it comes back as a new patch only.
  var canBeResubmitted: Bool { [.dropped, .rolled_back, .quarantined].contains(self) }
}
