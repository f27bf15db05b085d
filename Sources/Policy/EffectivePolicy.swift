/// The rules in force for one patch: all policies that apply, merged.
package struct EffectivePolicy: Sendable {
  package let allowedFormats: Sourced<[String]?>
  package let patchRequired: Sourced<Bool>
  /// Insertions and deletions together; nil for no limit.
  package let linesMax: Sourced<Int?>
  package let filesMax: Sourced<Int?>
  package let forbidsBinary: Sourced<Bool>
  package let forbiddenPaths: [Sourced<PathRule>]
  package let testedPaths: [Sourced<PathRule>]
  package let requiresIssue: Sourced<Bool>
  package let reviewersMin: Sourced<Int>
  /// How many patches are looked at, and how many repeats among them are too many.
  package let oscillation: Sourced<Oscillation?>
  /// The policies that were merged, the widest first.
  package let policies: [PolicyDocument]

  package struct Oscillation: Hashable, Sendable {
    package let window: Int
    package let threshold: Int
  }

  /// A value and the file that set it; nil for the schema's default.
  package struct Sourced<Value: Sendable>: Sendable {
    package let value: Value
    package let file: String?
  }

  /// Merges the policies among `all` that apply; a narrower one may only tighten.
  ///
  /// What no policy sets has the default of the schema `patch_policy.v1`. Throws when two policies
  /// are for the same scope, and when one sets a looser value than a wider one, naming both files.
  package init(
    of all: [PolicyDocument], for query: PolicyScope.Query
  ) throws(PolicyError) {
    try Self.mustDiffer(all)
    let applying = all.filter { $0.scope.applies(to: query) }
      .sorted { ($0.scope.level, $0.file) < ($1.scope.level, $1.file) }
    let merge = PolicyMerge(applying)
    policies = applying
    allowedFormats = try merge.formats()
    patchRequired = try merge.strictest("patch_required", \.patchRequired, or: true) { $0 && !$1 }
    linesMax = try merge.lowest("max_lines_changed", \.linesMax)
    filesMax = try merge.lowest("max_files_changed", \.filesMax)
    forbidsBinary = try merge.strictest("forbid_binary_patches", \.forbidsBinary, or: true) {
      $0 && !$1
    }
    forbiddenPaths = merge.union(\.forbiddenPaths)
    testedPaths = merge.union(\.testedPaths)
    requiresIssue = try merge.strictest("require_issue_ref", \.requiresIssue, or: true) {
      $0 && !$1
    }
    reviewersMin = try merge.strictest("min_reviewers", \.reviewersMin, or: 1) { $0 > $1 }
    oscillation = try merge.oscillation()
  }

  /// Which of two policies for the same scope is meant would depend on the order of files.
  private static func mustDiffer(_ all: [PolicyDocument]) throws(PolicyError) {
    var scopes: [PolicyScope: PolicyDocument] = [:]
    var ids: [String: PolicyDocument] = [:]
    for policy in all.sorted(by: { $0.file < $1.file }) {
      if let other = scopes.updateValue(policy, forKey: policy.scope) {
        throw PolicyError(
          .ambiguous, policy.file,
          "is for the same scope as \(other.file), \(policy.scope): keep one of them",
          pointer: "/scope")
      }
      if let other = ids.updateValue(policy, forKey: policy.id) {
        throw PolicyError(
          .ambiguous, policy.file, "has the id of \(other.file), \(policy.id)",
          pointer: "/patch_policy_id")
      }
    }
  }
}
