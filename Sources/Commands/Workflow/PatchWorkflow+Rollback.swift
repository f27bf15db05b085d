internal import Bytes
internal import Checks
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

extension PatchWorkflow {
  /// Takes an applied or verified patch back: its work tree goes away, nothing else was changed.
  func rollBack(
    _ step: StepResult.Step, _ reason: String, _ results: CheckResults? = nil
  ) throws(LogError) -> StepResult {
    let patch = try patch()
    let status = patch.state.status
    if step == .rollback { try finishMove(on: patch.branch) }
    if step == .rollback, [.rolled_back, .dropped, .quarantined].contains(status) {
      if !isDryRun { try cleanUp() }
      return try result(step, true, "it is \(status.name) already; its work tree is removed")
    }
    let receipt = try append(.patch_rolled_back) { writer in
      writer.member("reason", reason.cut(toScalars: 1024))
      if let results {
        writer.key("checks")
        results.write(to: &writer)
      }
    }
    if !isDryRun { try cleanUp() }
    var result = try result(step, step == .rollback, reason, receipt)
    if step != .rollback { result.code = .difference }
    if let results { result.add(results) }
    return result
  }

  /// Puts the patch that takes a committed one back into the ledger, once.
  ///
  /// - Returns: its id.
  func createReverse(reason: String) throws(LogError) -> ULID {
    let patch = try patch()
    let text = patch.diffText
    guard let artifact = patch.artifact,
      let reverse = Reversal.bytes(of: UnifiedDiff(parsing: text.span), in: text.span)
    else {
      throw LogError(
        .rejected, "the diff of patch-\(id) does not hold what is needed to take it back",
        hint: "Make a diff that does, and `uetlog patch create --rollback-of \(id)`")
    }
    let reverseID = try openReverseID(of: patch)
    if try isKnown(reverseID) { return reverseID }
    _ = try branch(with: patch)
    let diff = UnifiedDiff(parsing: reverse.span)
    let draft = try options.writing.draft(.patch_created, console.here) { writer in
      writer.member("project_id", patch.project)
      for name in ["phase_id", "workstream_id", "issue_ref"] {
        writer.member(name, patch.creation.text(name))
      }
      writer.key("relations")
      writer.beginObject()
      writer.member("rollback_of_patch_id", id.description)
      writer.endObject()
      writer.member("reason", reason)
      writer.key("artifact")
      writer.beginObject()
      writer.member("patch_id", reverseID.description)
      for name in ["format", "target_repo", "base_ref", "origin"] {
        writer.member(name, raw: artifact.raw(name))
      }
      writer.member("summary", "Take back: \(artifact.text("summary") ?? "patch \(id)")")
      PatchText.writeScope(of: diff, to: &writer)
      writer.key("diff_text")
      writer.string(bytes: reverse.span)
      writer.endObject()
    }
    let receipt = try engine.append(draft, options.writing.appendOptions())
    // Where another program was first, it is the one that this names.
    return ULID(receipt.stream.id) ?? reverseID
  }

  /// The id of the reverse patch: that of the one which is on its way, else a new one.
  ///
  /// It follows from the patch, so that the same one is found when this is run again.
  private func openReverseID(of patch: StoredPatch) throws(LogError) -> ULID {
    var attempt = 1
    while true {
      let id = Self.reverseID(of: patch, attempt)
      guard try isKnown(id) else { return id }
      let reverse = try engine.patch(id)
      switch reverse.state.status {
      case .dropped, .rolled_back, .quarantined: attempt += 1
      case .committed:
        guard let other = reverse.rolledBackBy else { return id }
        throw LogError(
          .rejected, "patch-\(self.id) was taken back by patch-\(id), and that by patch-\(other)",
          hint: "`uetlog patch rollback \(other) --reason TEXT` takes it back again")
      default: return id
      }
    }
  }

  private func isKnown(_ id: ULID) throws(LogError) -> Bool {
    do throws(LogError) { _ = try engine.patch(id) } catch {
      guard error.code == .notFound else { throw error }
      return false
    }
    return true
  }

  private static func reverseID(of patch: StoredPatch, _ attempt: Int) -> ULID {
    let digest = Digest.sha256(of: Array("uetlog/rollback/v1/\(patch.id)/\(attempt)".utf8))
      .prefix128
    return ULID(
      milliseconds: patch.id.milliseconds,
      random: (UInt16(truncatingIfNeeded: digest >> 64), UInt64(truncatingIfNeeded: digest)))
  }
}
