internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline
internal import Runner

/// Takes a diff into the ledger.
struct PatchCreate: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Take a diff into the ledger: it is created, and nothing is changed by it.",
    usage: "uetlog patch create [<file>] --tool <tool> --request <ulid> [<options>]",
    discussion: """
      The patch gets an id; the same diff for the same request gives the first receipt again. What \
      the diff touches is counted from its text, the base commit is what is checked out in --repo.

      EXAMPLES
        git diff | uetlog patch create --tool aider --request 01JD…
        uetlog patch create fix.patch --tool aider --request 01JD… --project billing
        uetlog patch create answer.txt --from-output --tool codex --request 01JD… \\
          --project billing --phase phase-2 --summary "Round half up"
      """)

  @Argument(help: "The file with the diff (default: standard input).")
  var file: String?

  @Flag(help: "The file is what a tool printed: take the diff out of it.")
  var fromOutput = false

  @Option(help: "The tool that made it.") var tool: String

  @Option(help: ArgumentHelp("The execution request that it answers.", valueName: "ulid"))
  var request: String

  @Option(help: "The project (default: that of the request).") var project: String?
  @Option(help: "The repository that it is for.") var repo = "."
  @Option(help: "The phase.") var phase: String?
  @Option(help: "The workstream.") var workstream: String?

  @Option(help: ArgumentHelp("The prompt that asked for it.", valueName: "ulid"))
  var prompt: String?

  @Option(help: ArgumentHelp("The tool's own name for its run.", valueName: "id"))
  var toolRun: String?

  @Option(help: "What it does, in a line.") var summary: String?
  @Option(help: "The issue that it is for.") var issue: String?

  @Option(help: ArgumentHelp("The patch that this one takes back.", valueName: "ulid"))
  var rollbackOf: String?

  @Option(help: ArgumentHelp("What ties several patches together.", valueName: "id"))
  var chain: String?

  @OptionGroup var writing: PatchWriteOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let request = try ULID.parse(request, option: "--request")
    let prompt = try prompt.map { text throws(LogError) in
      try ULID.parse(text, option: "--prompt")
    }
    let rollback = try rollbackOf.map { text throws(LogError) in
      try ULID.parse(text, option: "--rollback-of")
    }
    let patch = try PatchText(file, isOutput: fromOutput, console.here)
    guard !patch.diff.files.isEmpty else { throw patch.unreadable }
    let base = try PatchBase(repository: console.here.absolute(repo))
    let project = try project(of: request, console.here)
    let now = SystemClock().now()
    let id = PatchWriteOptions.freshID()
    let draft = try writing.draft(.patch_created, console.here) { writer in
      writer.member("project_id", project)
      writer.member("phase_id", phase)
      writer.member("workstream_id", workstream)
      if rollback != nil || chain != nil {
        writer.key("relations")
        writer.beginObject()
        writer.member("rollback_of_patch_id", rollback?.description)
        writer.member("chain_id", chain)
        writer.endObject()
      }
      writer.member("issue_ref", issue)
      writer.key("artifact")
      writer.beginObject()
      writer.member("patch_id", id.description)
      writer.member("format", "unified_diff")
      writer.member("target_repo", base.repository)
      writer.member("base_ref", base.branch)
      writer.member("base_commit", base.commit)
      writer.key("origin")
      writer.beginObject()
      writer.member("execution_request_id", request.description)
      writer.member("prompt_id", prompt?.description)
      writer.member("phase_id", phase)
      writer.member("workstream_id", workstream)
      writer.member("tool_id", tool)
      writer.member("tool_run_id", toolRun)
      writer.member("created_at", now.description)
      writer.endObject()
      writer.member("summary", summary)
      patch.writeScope(to: &writer)
      writer.key("diff_text")
      writer.string(bytes: patch.bytes.span)
      writer.endObject()
    }
    if let fault = patch.diff.faults.first {
      console.warn(
        "the diff has faults and will not pass its validation; the first, in line \(fault.line): "
          + fault.message)
    }
    return try writing.append([draft], log: common.log, console)
  }

  private func project(of request: ULID, _ here: Surroundings) throws(LogError) -> String {
    if let project { return project }
    if try LogLocation(flag: common.log, here).hasLog,
      let found = try OpenedLog(reading: common.log, here).engine.request(request)?
        .text("project_id")
    {
      return found
    }
    throw LogError(
      .usage, "the log does not know the request \(request), so it can't tell the project",
      hint: "Name it with --project, or take the request in first: `uetlog request create FILE`")
  }
}

/// What a patch was made against.
struct PatchBase {
  let repository: String
  let branch: String?
  let commit: String?

  init(repository directory: String) throws(LogError) {
    let found = try Self.repository(around: directory)
    do throws(RunnerError) {
      repository = found.path
      branch = try found.branch()
      commit = try found.head()
    } catch { throw LogError(error) }
  }

  /// The repository around a directory.
  static func repository(around directory: String) throws(LogError) -> GitRepository {
    do { return try GitRepository(around: directory) } catch {
      guard !error.isMissing else { throw LogError(error) }
      throw LogError(
        .badInput, "\(directory) is no work tree of git: \(error.message.trimmed)",
        hint: "Name the repository with --repo")
    }
  }
}
