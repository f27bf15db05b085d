internal import ArgumentParser

/// What patches may do.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Show what patches may do.",
    discussion: """
      Policies are JSON files in config/patch_policies/, one in each; \
      `uetlog schema show patch_policy.v1` shows what they may say. All that apply to a patch are \
      merged: global, project, phase, document. A narrower one may only tighten. Without a global \
      policy the shipped one is in force, and a file that can't be read stops every patch. Which \
      document a patch of the ledger belongs to nothing says: those policies are for `explain` and \
      for `patch validate FILE` with --doc.

      A patch of the ledger is held to the policies near the repository that it names and near the \
      one that the log is in, to the stricter value of each; without either, to those near here.

      EXAMPLES
        uetlog policy explain
        uetlog policy explain --project billing --phase phase-2
      """,
    subcommands: [PolicyExplain.self])
}
