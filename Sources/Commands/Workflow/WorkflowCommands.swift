internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import Pipeline

/// One step of a patch, as a command.
protocol WorkflowStep: LogCommand {
  var reference: PatchReference { get }
  var options: WorkflowOptions { get }

  func take(_ workflow: PatchWorkflow) throws(LogError) -> StepResult
}

extension WorkflowStep {
  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let workflow = try PatchWorkflow(reference.id(), options, log: common.log, console)
    let result = try take(workflow)
    result.show(console)
    return result.exitCode
  }
}

/// Applies a queued patch.
struct PatchApply: WorkflowStep {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Apply a queued patch in a work tree of its own.",
    usage: "uetlog patch apply <ulid> [--repo <dir>] [--3way] [<options>]",
    discussion: """
      The work tree stands beside yours, on the branch that is checked out; your files stay as \
      they are until the commit. What the branch has already is not applied twice. Binary patches \
      are never applied. Exit 65 if it does not apply.

      EXAMPLES
        uetlog patch apply 01JD8WXY3Z0000000000000000
        uetlog patch apply 01JD8WXY3Z0000000000000000 --3way --repo ../billing
      """)

  @OptionGroup var reference: PatchReference
  @OptionGroup var options: WorkflowOptions
  @OptionGroup var common: CommonOptions

  func take(_ workflow: PatchWorkflow) throws(LogError) -> StepResult { try workflow.apply() }
}

/// Runs the checks over an applied patch.
struct PatchVerify: WorkflowStep {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run the checks over an applied patch; if they fail, it is rolled back.",
    usage: "uetlog patch verify <ulid> [--checks <file>] [<options>]",
    discussion: """
      Which checks run follows from the files it touches: see `uetlog patch checks`. What is not \
      installed is reported as not run, and fails the patch only if it is required. Exit 1 if a \
      check fails.

      EXAMPLES
        uetlog patch verify 01JD8WXY3Z0000000000000000
        uetlog patch verify 01JD8WXY3Z0000000000000000 --checks ./checks.json --json
      """)

  @OptionGroup var reference: PatchReference
  @OptionGroup var options: WorkflowOptions
  @OptionGroup var common: CommonOptions

  func take(_ workflow: PatchWorkflow) throws(LogError) -> StepResult { try workflow.verify() }
}

/// Commits a verified patch.
struct PatchCommit: WorkflowStep {
  static let configuration = CommandConfiguration(
    commandName: "commit",
    abstract: "Commit a verified patch to the branch that it was applied for.",
    usage: "uetlog patch commit <ulid> [--repo <dir>] [<options>]",
    discussion: """
      The message ends with the trailer Uetlog-Patch. If the branch has moved on, the patch is put \
      on its new end and checked again first. Your files change only as far as the patch changes \
      them, and not at all if your own changes are in the way.

      Of your hooks those of `git commit` run, in the work tree of the patch. Before your branch \
      moves reference-transaction is asked ("prepared", then "aborted"); post-merge is not run. A \
      commit with the trailer that is not the patch is ignored.

      EXAMPLES
        uetlog patch commit 01JD8WXY3Z0000000000000000
      """)

  @OptionGroup var reference: PatchReference
  @OptionGroup var options: WorkflowOptions
  @OptionGroup var common: CommonOptions

  func take(_ workflow: PatchWorkflow) throws(LogError) -> StepResult { try workflow.commit() }
}

/// Takes a patch back.
struct PatchRollback: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Take a patch back: before its commit, or by a reverse patch after it.",
    usage: "uetlog patch rollback <ulid> --reason <reason> [<options>]",
    discussion: """
      A committed patch is taken back by a new patch with the reverse diff, which goes through all \
      steps like any other, on the branch that it was committed to, whatever is checked out. \
      Scopes and sizes do not bind it. Of one that another program applied only the ledger is \
      changed.

      EXAMPLES
        uetlog patch rollback 01JD8WXY3Z0000000000000000 --reason "breaks the build"
      """)

  @OptionGroup var reference: PatchReference
  @Option(help: "Why.") var reason: String
  @OptionGroup var policy: PolicyFolderOption
  @OptionGroup var options: WorkflowOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let id = try reference.id()
    let status = try reference.stored(common, console).state.status
    if status != .committed, try !PatchWorkflow.hasWorktree(id, log: common.log, console.here) {
      return try PatchWorkflow.holding(id, options.writing, log: common.log, console) {
        () throws(LogError) in
        try options.writing.append(
          .patch_rolled_back, of: id, reason: reason, log: common.log, console)
      }
    }
    let place = options.place(console.here)
    let policies = try policy.source(log: common.log, console.here, near: place)
    let workflow = try PatchWorkflow(
      id, options, log: common.log, policies: .given(policies), console)
    guard status == .committed else {
      let result = try workflow.rollBack(.rollback, reason)
      result.show(console)
      return result.exitCode
    }
    let reverse = try workflow.createReverse(reason: reason)
    guard !options.writing.dryRun else {
      console.note("patch-\(reverse) would take it back")
      return .done
    }
    console.note("patch-\(reverse) is to take it back")
    let result = try workflow.other(reverse).run(policies) { $0.show(console) }
    if result.isOK { console.note("patch-\(reverse) takes it back") }
    return result.exitCode
  }
}

/// Takes a patch through all steps.
struct PatchRun: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Take a patch through all steps that are left; stop where one fails.",
    usage: "uetlog patch run <ulid> [--repo <dir>] [--3way] [<options>]",
    discussion: """
      The steps are validate, queue, apply, verify and commit. Run again it goes on where it \
      stopped, also after it was killed. With --dry-run the next step alone is tried.

      EXAMPLES
        uetlog patch run 01JD8WXY3Z0000000000000000
        uetlog patch run 01JD8WXY3Z0000000000000000 --json --repo ../billing
      """)

  @OptionGroup var reference: PatchReference
  @OptionGroup var policy: PolicyFolderOption
  @OptionGroup var options: WorkflowOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let place = options.place(console.here)
    let policies = try policy.source(log: common.log, console.here, near: place)
    let workflow = try PatchWorkflow(
      reference.id(), options, log: common.log, policies: .given(policies), console)
    return try workflow.run(policies) { $0.show(console) }.exitCode
  }
}
