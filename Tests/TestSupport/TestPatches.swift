package import Engine
internal import Events
internal import JSON
internal import Policy

/// Patches that pass their checks, and the policies that they are judged by.
package enum TestPatches {
  /// What every patch is judged by that nobody says more of: no limits, no reviewers.
  package static let constraints = #"{"require_issue_ref":false,"min_reviewers":0}"#

  /// The source of one global policy.
  package static func policies(_ constraints: String = constraints) -> PolicySource {
    PolicySource { () throws(LogError) in [try document(constraints)] }
  }

  private static func document(_ constraints: String) throws(LogError) -> PolicyDocument {
    let text =
      #"{"patch_policy_id":"test","scope":{"level":"global"},"constraints":\#(constraints)}"#
    do {
      return try PolicyDocument(JSONDocument(parsing: Array(text.utf8)), file: "test.json")
    } catch { throw LogError(.system, "\(error)") }
  }

  /// What a `patch_validated` records of such a policy, as JSON members.
  package static func record(
    _ more: String = #""min_reviewers":0"#, under constraints: String = constraints
  ) -> String {
    let digest = try? PolicyInForce([document(constraints)], for: .init()).digest
    return #""policy":{"digest":"\#(digest ?? "")","policy_ids":["test"],"patch_required":true,"#
      + #""forbid_binary_patches":true,\#(more)}"#
  }

  /// A diff of one line in one file, as the text of a JSON string.
  package static func diff(_ path: String = "a.py", from old: String = "1", to new: String = "2")
    -> String
  {
    #"--- a/\#(path)\n+++ b/\#(path)\n@@ -1 +1 @@\n-\#(old)\n+\#(new)\n"#
  }

  /// A `patch_created` as a line; `more` are members of its payload.
  package static func created(
    _ id: String, request: String, diff: String = diff(), _ more: String = ""
  ) -> String {
    #"{"type":"patch_created","payload":{"project_id":"p","artifact":{"patch_id":"\#(id)","#
      + #""format":"unified_diff","target_repo":"r","#
      + #""origin":{"execution_request_id":"\#(request)","#
      + #""tool_id":"aider","created_at":"2025-11-22T09:15:08Z"},"diff_text":"\#(diff)"}\#(more)}}"#
  }

  /// A `patch_validated` as a line; `checks` are the three flags.
  package static func validated(
    _ id: String, _ record: String = record(), checks: (Bool, Bool, Bool) = (true, true, true)
  ) -> String {
    #"{"type":"patch_validated","payload":{"patch_id":"\#(id)","#
      + #""validation":{"format_ok":\#(checks.0),"#
      + #""scope_ok":\#(checks.1),"constraints_ok":\#(checks.2)},\#(record)}}"#
  }
}
