internal import Events

extension PatchState {
  func decideQueue(_ context: DecideContext) throws(LogError) {
    let missing = PatchFlags.checked.subtracting(flags)
    if !missing.isEmpty {
      throw LogError(
        .rejected, "\(context.name) did not pass \(missing.checkNames) and can't become queued",
        allowed: names(without: .queued, context))
    }
    let approval = context.entity("approval-", context.name.description, as: ApprovalState.self)
    if let rejections = approval?.rejections, rejections > 0 {
      throw LogError(
        .rejected, "\(context.name) is rejected in a review",
        expected: "an approval by each who rejected it", actual: "\(rejections) missing",
        allowed: names(without: .queued, context))
    }
    let approvers = approval?.count(without: Self.authors(context.consulted)) ?? 0
    if approvers < Int(reviewersRequired) {
      throw LogError(
        .rejected,
        "\(context.name) lacks approving reviews by different reviewers, none of them its author",
        expected: "\(reviewersRequired)", actual: "\(approvers)",
        allowed: names(without: .queued, context))
    }
    try mustHaveAttemptsLeft(context, refused: .queued)
  }

  /// The tool that made a patch, and who put it up again: nobody approves what is their own.
  private static func authors(_ creation: Payload?) -> [String] {
    [creation?.text(["artifact", "origin", "tool_id"]), creation?.text("operator")]
      .compactMap { $0 }
  }

  /// What an import says of a patch is stored, and no more: only the import itself takes such a
  /// patch on, for nobody has judged it here.
  func mustBeJudged(_ event: DomainEvent, _ context: DecideContext) throws(LogError) {
    guard flags.contains(.validationImported), !event.flags.contains(.imported) else { return }
    switch event.type {
    case .patch_queued, .patch_apply_started, .patch_apply_succeeded, .patch_verified,
      .patch_committed:
      throw LogError(
        .rejected, "the validation of \(context.name) was imported: nobody has judged it here",
        allowed: names(without: nil, context).filter { !Self.onward.contains($0) },
        hint: "Set it aside (`uetlog patch quarantine`), or take it back if it is applied; "
          + "`uetlog patch resubmit` then makes a new patch of it, which is judged")
    default: break
    }
  }

  private static let onward = [PatchStatus.queued, .applied, .verified, .committed].map(\.name)
}

extension PatchFlags {
  /// The checks among the flags, in words.
  fileprivate var checkNames: String {
    let names: [(PatchFlags, String)] = [
      (.formatOK, "format"), (.scopeOK, "scope"), (.constraintsOK, "constraints"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}
