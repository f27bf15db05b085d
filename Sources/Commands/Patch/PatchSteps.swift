internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Diff
internal import Engine
internal import Events
internal import JSON
internal import Pipeline

/// Puts a patch into the queue of those that wait to be applied.
struct PatchQueue: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Queue a validated patch, or one that failed to apply, once more.",
    usage: "uetlog patch queue <ulid> [<options>]",
    discussion: """
      Refused unless all checks were passed and as many people approved as its policy asks for.

      EXAMPLES
        uetlog patch queue 01JD8WXY3Z0000000000000000
      """)

  @OptionGroup var reference: PatchReference
  @Option(help: "Why.") var reason: String?
  @OptionGroup var writing: PatchWriteOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let id = try reference.id()
    return try PatchWorkflow.holding(id, writing, log: common.log, console) { () throws(LogError) in
      try writing.append(.patch_queued, of: id, reason: reason, log: common.log, console)
    }
  }
}

/// Refuses a patch for good.
struct PatchDrop: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop",
    abstract: "Refuse a patch for good; its record is kept.",
    usage: "uetlog patch drop <ulid> --reason <reason> [<options>]",
    discussion: """
      EXAMPLES
        uetlog patch drop 01JD8WXY3Z0000000000000000 --reason "solved otherwise"
      """)

  @OptionGroup var reference: PatchReference
  @Option(help: "Why.") var reason: String
  @OptionGroup var writing: PatchWriteOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let id = try reference.id()
    return try PatchWorkflow.holding(id, writing, log: common.log, console) { () throws(LogError) in
      try writing.append(.patch_dropped, of: id, reason: reason, log: common.log, console)
    }
  }
}

/// Sets a patch aside.
struct PatchQuarantine: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarantine",
    abstract: "Set a patch aside, with its diff and the reason as files.",
    usage: "uetlog patch quarantine <ulid> --reason <reason> [<options>]",
    discussion: """
      The files are in quarantine/ of the log's directory; for a patch that an event alone has \
      quarantined, they are written when this is run. The only way on is `uetlog patch resubmit`, \
      or to drop it.

      EXAMPLES
        uetlog patch quarantine 01JD8WXY3Z0000000000000000 --reason "same lines again"
      """)

  @OptionGroup var reference: PatchReference
  @Option(help: "Why.") var reason: String
  @OptionGroup var writing: PatchWriteOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let id = try reference.id()
    return try PatchWorkflow.holding(id, writing, log: common.log, console) { () throws(LogError) in
      try quarantine(id, console)
    }
  }

  private func quarantine(_ id: ULID, _ console: Console) throws(LogError) -> ExitCode {
    let isRepeated = try reference.stored(common, console).state.status == .quarantined
    var code = ExitCode.done
    if !isRepeated {
      let draft = try writing.draft(.patch_quarantined, console.here) { writer in
        writer.member("patch_id", id.description)
        writer.member("reason", reason)
        writer.member("path", QuarantineFolder.name(of: id))
      }
      code = try writing.append([draft], toLogThatIs: common.log, console)
    }
    guard !writing.dryRun else { return code }
    // What is refused leaves no files, and what is stored has its secrets masked.
    let folder = QuarantineFolder(log: try LogLocation(flag: common.log, console.here).path)
    do throws(LogError) { try folder.write(reference.stored(common, console), console.here) } catch
    {
      throw LogError(
        .cannotWrite, "patch-\(id) is quarantined, but not its files: \(error.message)",
        hint: "Run it again when the cause is mended")
    }
    if isRepeated { console.note("patch-\(id) is quarantined already; its files are written anew") }
    return code
  }
}

/// Puts a patch that was given up on up again, as a new one.
struct PatchResubmit: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "resubmit",
    abstract: "Put a quarantined, dropped or rolled back patch up again, as a new one.",
    usage: "uetlog patch resubmit <ulid> --operator <name> --reason <reason> [<file>]",
    discussion: """
      The new patch names the one it replaces, who wants it and why. It starts from the beginning. \
      With a file it has that diff instead of the old one, with --issue that issue. The same diff \
      again gives the first receipt.

      EXAMPLES
        uetlog patch resubmit 01JD… --operator ana --reason "reviewed by two"
      """)

  @OptionGroup var reference: PatchReference
  @Argument(help: "A file with another diff; - for standard input.") var file: String?
  @Option(help: "Who wants it.") var `operator`: String
  @Option(help: "Why.") var reason: String
  @Option(
    help: ArgumentHelp("The issue that it is for (default: the old one's).", valueName: "issue"))
  var issue: String?
  @OptionGroup var writing: PatchWriteOptions
  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let old = try reference.stored(common, console)
    guard old.state.status.canBeResubmitted, let artifact = old.artifact else {
      throw LogError(
        .rejected,
        "patch-\(old.id) is \(old.state.stateName ?? "nowhere"): it is neither quarantined nor "
          + "dropped nor rolled back",
        hint: "`uetlog patch create` takes a new diff into the ledger")
    }
    let text = try file.map { file throws(LogError) in
      try PatchText(file, console.here)
    }
    if let text, text.diff.files.isEmpty { throw text.unreadable }
    let id = PatchWriteOptions.freshID()
    let draft = try writing.draft(.patch_created, console.here) { writer in
      writer.member("project_id", old.project)
      writer.member("phase_id", old.creation.text("phase_id"))
      writer.member("workstream_id", old.creation.text("workstream_id"))
      writer.key("relations")
      writer.beginObject()
      writer.member("replaces_patch_id", old.id.description)
      writer.member("chain_id", old.creation.child("relations")?.text("chain_id"))
      writer.endObject()
      writer.member("issue_ref", issue ?? old.creation.text("issue_ref"))
      writer.member("operator", `operator`)
      writer.member("reason", reason)
      writer.key("artifact")
      writer.beginObject()
      writer.member("patch_id", id.description)
      for name in ["format", "target_repo", "base_ref", "base_commit", "origin", "summary"] {
        writer.member(name, raw: artifact.raw(name))
      }
      if let text {
        text.writeScope(to: &writer)
        writer.key("diff_text")
        writer.string(bytes: text.bytes.span)
      } else {
        writer.member("scope", raw: artifact.raw("scope"))
        writer.member("diff_text", raw: artifact.raw("diff_text"))
      }
      writer.endObject()
    }
    return try writing.append([draft], toLogThatIs: common.log, console)
  }
}
