internal import ArgumentParser

/// Event types and documents: their schemas.
struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show, check against and add schemas.",
    discussion: """
      EXAMPLES
        uetlog schema check --schema patch_artifact.v1 artifact.json
        uetlog schema add deploy_finished.json
      """,
    subcommands: [SchemaList.self, SchemaShow.self, SchemaCheck.self, SchemaAdd.self])
}
