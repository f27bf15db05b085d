internal import ArgumentParser

/// What is done with patches.
struct PatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patch",
    abstract: "Take patches through the ledger, and look into them.",
    discussion: """
      A patch is created, validated, queued, applied, verified and committed; on the way it may be \
      dropped, quarantined or rolled back.

      EXAMPLES
        git diff | uetlog patch inspect
        uetlog patch create fix.patch --tool aider --request 01JD… --project billing
        uetlog patch run 01JD8WXY3Z0000000000000000
        uetlog patch list --state validated
      """,
    subcommands: [
      PatchInspect.self, PatchCreate.self, PatchValidate.self, PatchList.self, PatchShow.self,
      PatchDiff.self, PatchHistory.self, PatchRun.self, PatchQueue.self, PatchApply.self,
      PatchVerify.self, PatchCommit.self, PatchRollback.self, PatchQuarantine.self,
      PatchDrop.self, PatchResubmit.self, PatchChecks.self,
    ])
}
