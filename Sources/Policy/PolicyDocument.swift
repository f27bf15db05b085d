package import JSON

/// A policy as its file says it: what is not set there stays nil.
package struct PolicyDocument: Sendable {
  package let id: String
  /// The name of the file, for messages and for the origin of each value.
  package let file: String
  package let scope: PolicyScope
  package let constraints: Constraints

  /// The eleven constraints.
  package struct Constraints: Sendable {
    package var allowedFormats: [String]?
    package var patchRequired: Bool?
    package var linesMax: Int?
    package var filesMax: Int?
    package var forbidsBinary: Bool?
    package var forbiddenPaths: [PathRule]?
    package var testedPaths: [PathRule]?
    package var requiresIssue: Bool?
    package var reviewersMin: Int?
    package var oscillationWindow: Int?
    package var oscillationThreshold: Int?
  }

  /// Reads a document that keeps the schema `patch_policy.v1`.
  ///
  /// Throws for what the schema can't say: a level without its id, patterns that can't be
  /// compiled, a window of oscillation without a threshold that can be reached in it.
  package init(_ document: JSONDocument, file: String) throws(PolicyError) {
    let reader = PolicyReader(document: document, file: file)
    self.file = file
    id = try reader.text(["patch_policy_id"])
    scope = try reader.scope()
    constraints = try reader.constraints()
  }
}
