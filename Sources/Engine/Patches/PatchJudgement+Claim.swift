internal import Events
internal import Pipeline
internal import Policy

extension PatchJudgement {
  private static let problemCountMax = 3

  /// Why a `patch_validated` can't be stored: the patch fails a check, or the policy that the event
  /// records is weaker than the one in force; nil when neither is so.
  ///
  /// What claims less than was found is taken: a check that is said to have failed, a limit that is
  /// tighter.
  func refusal(of payload: Payload, _ rules: Rules) -> LogError? {
    let hint = "`uetlog patch validate \(patch)` judges it and appends what it finds"
    if !verdict.isOK {
      let problems = verdict.problems.filter { $0.check != .notice }
      var told = problems.prefix(Self.problemCountMax).map(\.description)
      if problems.count > told.count { told.append("\(problems.count - told.count) more") }
      return LogError(
        .rejected, "patch-\(patch) does not pass its checks: " + told.joined(separator: "; "),
        pointer: "/validation", hint: hint)
    }
    guard let weakness = weakness(of: payload.child("policy"), rules) else { return nil }
    return LogError(
      .rejected, "the event records another policy than the one in force for patch-\(patch)",
      expected: weakness.expected, actual: weakness.actual, pointer: "/policy/" + weakness.member,
      hint: hint)
  }

  private struct Weakness {
    let member: String
    let expected: String
    let actual: String
  }

  /// The first member of a record that is missing, another one, or weaker than the policy.
  private func weakness(of record: Payload?, _ rules: Rules) -> Weakness? {
    if let text = record?.text("digest"), text == digest {
    } else {
      return Weakness(
        member: "digest", expected: digest, actual: record?.text("digest") ?? "nothing")
    }
    let ids = policy.policies.map(\.id)
    let named = record?.texts("policy_ids") ?? []
    if named.sorted() != ids.sorted() {
      return Weakness(
        member: "policy_ids", expected: ids.joined(separator: ", "),
        actual: named.joined(separator: ", "))
    }
    let numbers: [(String, most: Int?, least: Int?)] = [
      ("max_lines_changed", policy.linesMax.value, nil),
      ("max_files_changed", policy.filesMax.value, nil),
      ("min_reviewers", nil, policy.reviewersMin.value),
      ("oscillation_window", nil, policy.oscillation.value?.window),
      ("oscillation_threshold", policy.oscillation.value?.threshold, nil),
    ]
    for (member, most, least) in numbers {
      let value = record?.integer(member)
      if let most, value.map({ $0 > Int64(most) }) ?? true {
        return Weakness(
          member: member, expected: "at most \(most)", actual: value.map { "\($0)" } ?? "nothing")
      }
      if let least, value ?? 0 < Int64(least) {
        return Weakness(
          member: member, expected: "at least \(least)",
          actual: value.map { "\($0)" } ?? "nothing")
      }
    }
    // Without it the number of the settings counts.
    if let attempts = record?.integer("max_apply_attempts"), attempts > rules.applyAttemptsMax {
      return Weakness(
        member: "max_apply_attempts", expected: "at most \(rules.applyAttemptsMax)",
        actual: "\(attempts)")
    }
    let flags = [
      ("tests_required", needsTests), ("require_issue_ref", policy.requiresIssue.value),
      ("patch_required", policy.patchRequired.value),
      ("forbid_binary_patches", policy.forbidsBinary.value),
    ]
    for (member, isSet) in flags where isSet && record?.flag(member) != true {
      return Weakness(member: member, expected: "true", actual: "\(record?.flag(member) ?? false)")
    }
    return nil
  }
}
