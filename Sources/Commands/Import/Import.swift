internal import ArgumentParser
internal import Configuration
internal import Engine
internal import Events
internal import JSON

/// Brings in what happened before there was a log.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring in history from elsewhere.",
    discussion: """
      EXAMPLES
        uetlog import git .
        uetlog import git ../project --since v1.2 --max 500
      """,
    subcommands: [ImportGit.self])
}

/// Turns a repository's commits into patches.
struct ImportGit: LogCommand {
  static let configuration = CommandConfiguration(
    commandName: "git",
    abstract: "Turn a git repository's commits into patches.",
    usage: "uetlog import git [<repository>] [<options>]",
    discussion: """
      Each commit becomes a patch that walks from created to committed, marked as imported. Ids \
      follow from the commits: importing again adds nothing. Merges are skipped and counted, empty \
      commits become notes, a revert becomes a patch with rollback_of_patch_id.

      EXAMPLES
        uetlog import git .
        uetlog import git ../project --since v1.2 --max 500
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "The repository.") var repository = "."
  @Option(help: "Leave out this commit and all before it.") var since: String?
  @Option(help: "Only the newest N commits.") var max: Int?
  @Option(help: "The project that the patches belong to; the directory's name if left out.")
  var project: String?
  @Flag(help: "Read and check, store nothing.") var dryRun = false

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    if let max, max < 1 { throw LogError(.usage, "--max takes a number from 1") }
    if let since, since.hasPrefix("-") {
      throw LogError(.usage, "--since \"\(since)\" can't name a commit")
    }
    let location = try LogLocation(flag: common.log, console.here)
    let settings = try Settings(log: location.path, console.here)
    // What can't be imported makes no log.
    let path = console.here.absolute(repository)
    let history = try GitHistory(
      repository: path, project: project ?? Self.name(of: path), since: since, count: max)
    if !location.hasLog {
      let empty = try OpenedLog.inMemory(for: location, settings, console.here)
      if dryRun { return try run(history, empty, console) }
      try GitImport(engine: empty, history: history, options: AppendOptions()).rehearse()
    }
    return try run(history, OpenedLog(writing: location, settings, console).engine, console)
  }

  private func run(
    _ history: GitHistory, _ engine: Engine<some EventLog>, _ console: Console
  ) throws(LogError) -> ExitCode {
    var options = AppendOptions()
    options.isDryRun = dryRun
    let job = GitImport(engine: engine, history: history, options: options)
    var progress = Progress("importing commits", isQuiet: common.quiet)
    let summary = try job.run { progress.update(UInt64($0.commits)) }
    if common.json {
      console.output.json(summary.json(isDryRun: dryRun))
    } else {
      for line in summary.lines(isDryRun: dryRun) { console.output.line(SafeText.escaped(line)) }
    }
    return .done
  }

  /// The last component of a path, `.` and `..` resolved.
  private static func name(of path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    let name = parts.last.map(String.init) ?? "repository"
    return String(name.map { $0.isWhitespace ? "-" : $0 })
  }
}

extension GitImportSummary {
  func lines(isDryRun: Bool) -> [String] {
    let verb = isDryRun ? "would be stored" : "stored"
    var lines = [
      "\(commits) commits read: \(events) events \(verb), \(duplicates) were there already, "
        + "\(merges) merges skipped, \(notes) empty commits as notes, \(reverts) reverts"
    ]
    for (hash, reason) in skipped { lines.append("skipped \(hash): \(reason)") }
    return lines
  }

  func json(isDryRun: Bool) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    if isDryRun { writer.member("dry_run", true) }
    writer.member("commits", commits)
    writer.member("events", events)
    writer.member("duplicates", duplicates)
    writer.member("merges", merges)
    writer.member("notes", notes)
    writer.member("reverts", reverts)
    writer.key("skipped")
    writer.beginArray()
    for (hash, reason) in skipped {
      writer.beginObject()
      writer.member("commit", hash)
      writer.member("reason", reason)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
