package import Bytes
internal import Diff
package import Events
package import JSON
internal import Pipeline
package import Policy

/// What the checks of one stored patch found, and the policy that they went by.
package struct PatchJudgement: Sendable {
  package let patch: ULID
  package let verdict: Verdict
  package let policy: EffectivePolicy
  /// What records name the policy by.
  package let digest: String
  /// Whether one of its paths needs tests.
  package let needsTests: Bool

  /// The members of a `patch_validated` or `patch_validation_failed`.
  package func write(to writer: inout JSONWriter) {
    writer.member("patch_id", patch.description)
    writeVerdict(to: &writer)
  }

  /// The members without the patch's id.
  package func writeVerdict(to writer: inout JSONWriter) {
    writer.key("validation")
    writer.beginObject()
    writer.member("format_ok", verdict.formatOK)
    writer.member("scope_ok", verdict.scopeOK)
    writer.member("constraints_ok", verdict.constraintsOK)
    writer.member("validation_errors", verdict.problems.map(\.description).cutToFit)
    writer.endObject()
    writer.key("policy")
    writer.beginObject()
    writer.member("digest", digest)
    writer.member("policy_ids", policy.policies.map(\.id))
    if let most = policy.linesMax.value { writer.member("max_lines_changed", most) }
    if let most = policy.filesMax.value { writer.member("max_files_changed", most) }
    writer.member("min_reviewers", policy.reviewersMin.value)
    if let oscillation = policy.oscillation.value {
      writer.member("oscillation_window", oscillation.window)
      writer.member("oscillation_threshold", oscillation.threshold)
    }
    writer.member("tests_required", needsTests)
    writer.member("require_issue_ref", policy.requiresIssue.value)
    writer.member("patch_required", policy.patchRequired.value)
    writer.member("forbid_binary_patches", policy.forbidsBinary.value)
    writer.endObject()
  }
}

extension Engine {
  /// Judges a stored patch: its text, by the policies that apply to it and by the scopes and limits
  /// of its request and its phase.
  ///
  /// Nothing is written. Throws when there is no such patch, and when policies contradict.
  package func judge(
    patch: ULID, _ policies: PolicySource
  ) throws(LogError) -> PatchJudgement {
    let stored = try self.patch(patch)
    return try judge(stored, try policies.policy(for: stored))
  }

  /// Judges a patch as it was read, by a policy that is merged already.
  ///
  /// - Parameter drafts: those before it that create patches which the log does not have yet.
  func judge(
    _ stored: StoredPatch, _ inForce: PolicyInForce, after drafts: ArraySlice<PreparedDraft> = []
  ) throws(LogError) -> PatchJudgement {
    let policy = inForce.policy
    let text = stored.diffText
    let diff = UnifiedDiff(parsing: text.span)
    var context: PatchValidator.Context
    do throws(PolicyError) { context = try stored.context() } catch { throw LogError(error) }
    // What restores what was there is not asked how much and where: the commit was allowed to.
    let restores = try restores(stored)
    if restores { (context.scopes, context.limits) = ([], []) }
    var verdict = PatchValidator(policy, context).verdict(on: diff, in: text.span)
    if restores { verdict = verdict.withoutSizes } else { stored.judgeRequest(context, &verdict) }
    try judgeOscillation(of: stored, policy, diff, text.span, after: drafts, &verdict)
    let unknown: Verdict.Check = rules.refusesUnknownRequests ? .scope : .notice
    if let id = stored.requestID, stored.request == nil {
      verdict.add(.init(unknown, "request_unknown", "the log does not know the request \(id)"))
    }
    if let id = stored.phaseID, stored.phase == nil {
      verdict.add(.init(unknown, "phase_unknown", "the log has no declaration of the phase \(id)"))
    }
    let needsTests = diff.filesTouched.contains { path in
      policy.testedPaths.contains { $0.value.matchesFoldingCase(path) }
    }
    return PatchJudgement(
      patch: stored.id, verdict: verdict, policy: policy, digest: inForce.digest,
      needsTests: needsTests)
  }
}

extension StoredPatch {
  /// What decides which policies apply.
  var policyQuery: PolicyScope.Query { PolicyScope.Query(project: project, phase: phaseID) }

  /// What is known of the patch beside its diff.
  func context() throws(PolicyError) -> PatchValidator.Context {
    var context = PatchValidator.Context()
    context.format = artifact?.text("format") ?? ""
    context.hasIssue = creation.text("issue_ref")?.contains { !$0.isWhitespace } ?? false
    let constraints = phase?.child("constraints")
    context.asciiOnly = constraints?.child("behavior")?.flag("ascii_only") ?? false
    if let request {
      let owner = "request \(requestID ?? "")"
      try context.add(request.child("resource_scope"), owner)
      context.limits.append(
        .init(owner: owner, lines: request.child("constraints")?.count("max_lines_changed")))
    }
    if let phase {
      let owner = "phase \(phaseID ?? "")"
      try context.add(phase.child("resource_scope"), owner)
      let patch = constraints?.child("patch")
      context.limits.append(
        .init(
          owner: owner, lines: patch?.count("max_lines_changed"),
          files: patch?.count("max_files_changed")))
    }
    return context
  }
}

extension StoredPatch {
  /// A request may ask for less than its phase allows, never for more.
  fileprivate func judgeRequest(_ context: PatchValidator.Context, _ verdict: inout Verdict) {
    let origins = [
      ("project", project, request?.text("project_id")),
      ("phase", phaseID, request?.text("phase_id")),
      ("phase", phaseID, origin?.text("phase_id")),
    ]
    for case (let kind, let own?, let other?) in origins where own != other {
      verdict.add(
        .init(
          .scope, "origin_contradicted",
          "the patch is said to be of the \(kind) \(own), and it comes from one of \(other)"))
    }
    guard let request, let phase, request.text("phase_id") == phaseID else { return }
    if context.scopes.count == 2 {
      for problem in ScopeContainment.problems(of: context.scopes[0], in: context.scopes[1]) {
        verdict.add(problem)
      }
    }
    let problem = ScopeContainment.problem(
      ofLines: request.child("constraints")?.count("max_lines_changed"),
      "request \(requestID ?? "")",
      in: phase.child("constraints")?.child("patch")?.count("max_lines_changed"),
      "phase \(phaseID ?? "")")
    if let problem { verdict.add(problem) }
  }
}

extension PatchValidator.Context {
  fileprivate mutating func add(_ scope: Payload?, _ owner: String) throws(PolicyError) {
    guard let scope else { return }
    scopes.append(try ResourceScope(scope.document, scope.node, owner: owner))
  }
}

extension Payload {
  fileprivate func count(_ key: String) -> Int? { integer(key).flatMap { Int(exactly: $0) } }
}
