import Pipeline

/// Patches that have come some way already.
enum PatchScenario {
  /// The member of a verdict that passes.
  static let checks = #""validation":{"format_ok":true,"scope_ok":true,"constraints_ok":true}"#

  /// A patch that passed its checks by a policy.
  static func validated(
    policy: String = #"{"digest":"d"}"#
  ) throws -> Scenario<PatchState> {
    var patch = try Scenario("patch-P", PatchState())
    try patch.when(.patch_created, #"{"project_id":"p"}"#)
    try patch.when(.patch_validated, #"{\#(checks),"policy":\#(policy)}"#)
    return patch
  }
}
