import Diff
import JSON

@testable import Policy

/// A policy of one level with these constraints, both as JSON.
func policy(
  _ constraints: String = "{}", scope: String = #"{"level":"global"}"#,
  file: String = "global.json", id: String? = nil
) throws -> PolicyDocument {
  let text = """
    {"patch_policy_id":"\(id ?? file)","scope":\(scope),"constraints":\(constraints)}
    """
  return try PolicyDocument(JSONDocument(parsing: Array(text.utf8)), file: file)
}

/// What a patch without anything beside its text gets under one global policy.
func verdict(
  _ diff: String, _ constraints: String = #"{"require_issue_ref":false}"#,
  _ change: (inout PatchValidator.Context) throws -> Void = { _ in }
) throws -> Verdict {
  var context = PatchValidator.Context()
  try change(&context)
  let effective = try EffectivePolicy(of: [policy(constraints)], for: .init())
  let text = Array(diff.utf8)
  return PatchValidator(effective, context).verdict(
    on: UnifiedDiff(parsing: text.span), in: text.span)
}

/// A section that changes lines of a file.
func section(_ path: String, lines: Int = 1) -> String {
  "diff --git a/\(path) b/\(path)\n--- a/\(path)\n+++ b/\(path)\n@@ -0,0 +1,\(lines) @@\n"
    + String(repeating: "+x\n", count: lines)
}

extension Verdict {
  var codes: [String] { problems.map(\.code) }
}
