internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline
internal import Policy

/// Judges a diff by the policy in force, or a patch of the ledger, which takes the verdict.
struct PatchValidate: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Judge a diff by the policy in force; every problem is told.",
    usage: "uetlog patch validate <file|ulid> [--project <project>] [<options>]",
    discussion: """
      A patch of the ledger is judged by its own project and phase, and by the scopes and limits \
      of its request and its phase; the verdict is an event: it becomes validated, or is dropped. \
      The policies near its repository and near the log's hold for it, the stricter value of each. \
      No patch belongs to a document: --doc is for files. Of a file nothing is written. Exit 65 if \
      a check fails.

      EXAMPLES
        uetlog patch validate 01JD8WXY3Z0000000000000000
        uetlog patch validate fix.patch --project billing --phase phase-2
        git diff | uetlog patch validate - --issue BILL-12 --json
      """)

  @Argument(
    help: ArgumentHelp(
      "A patch's ULID, or a file with a diff; - for standard input.", valueName: "file|ulid"))
  var file: String

  @Option(help: ArgumentHelp("The issue that the patch is for.", valueName: "issue"))
  var issue: String?

  @Flag(help: "Added lines and new names must be ASCII.")
  var ascii = false

  @OptionGroup var options: PolicyOptions
  @OptionGroup var writing: PatchWriteOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    if let patch = ULID(file) { return try validate(patch, console) }
    let policy = try options.effective(console.here)
    let patch = try PatchText(file, console.here)
    var context = PatchValidator.Context()
    context.hasIssue = issue?.allSatisfy(\.isWhitespace) == false
    context.asciiOnly = ascii
    let verdict = PatchValidator(policy, context).verdict(on: patch.diff, in: patch.bytes.span)
    if console.isJSON {
      console.output.json(Self.json(verdict))
    } else {
      Self.show(verdict, console)
    }
    return verdict.isOK ? .done : .badInput
  }

  /// Judges a patch of the ledger and appends what was found.
  private func validate(_ patch: ULID, _ console: Console) throws(LogError) -> ExitCode {
    for (name, isGiven) in [
      ("--issue", issue != nil), ("--ascii", ascii), ("--project", options.project != nil),
      ("--phase", options.phase != nil), ("--doc", options.doc != nil),
    ] where isGiven {
      throw LogError(
        .usage, "\(name) is for files: the ledger knows what a patch belongs to",
        hint: "Leave it out")
    }
    let policies = try options.policy.source(log: common.log, console.here)
    let judgement = try OpenedLog(reading: common.log, console.here).engine
      .judge(patch: patch, policies)
    let isOK = judgement.verdict.isOK
    if !console.isJSON { Self.show(judgement.verdict, console) }
    let draft = try writing.draft(
      isOK ? .patch_validated : .patch_validation_failed, console.here
    ) { judgement.write(to: &$0) }
    let code = try writing.append(
      [draft], log: common.log, policies: .given(policies),
      more: { Self.write(judgement.verdict, to: &$0) }, console)
    return code == .done && !isOK ? .badInput : code
  }

  private static func show(_ verdict: Verdict, _ console: Console) {
    for problem in verdict.problems {
      let place = problem.line.map { "line \($0): " } ?? ""
      console.output.line(
        "\(place)\(console.style(.bad, problem.code)): \(SafeText.escaped(problem.message))")
    }
    let flags = [
      ("format", verdict.formatOK), ("scope", verdict.scopeOK),
      ("constraints", verdict.constraintsOK),
    ]
    console.output.line(
      flags.map { name, isOK in
        "\(name) \(console.style(isOK ? .good : .bad, isOK ? "ok" : "failed"))"
      }.joined(separator: ", "))
  }

  private static func json(_ verdict: Verdict) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    write(verdict, to: &writer)
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ verdict: Verdict, to writer: inout JSONWriter) {
    writer.member("format_ok", verdict.formatOK)
    writer.member("scope_ok", verdict.scopeOK)
    writer.member("constraints_ok", verdict.constraintsOK)
    writer.key("problems")
    writer.beginArray()
    for problem in verdict.problems {
      writer.beginObject()
      writer.member("check", problem.check.rawValue)
      writer.member("code", problem.code)
      writer.member("message", problem.message)
      writer.key("line")
      if let line = problem.line { writer.int(line) } else { writer.null() }
      writer.endObject()
    }
    writer.endArray()
  }
}
