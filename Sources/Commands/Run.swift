internal import ArgumentParser
internal import Configuration
internal import Events
internal import Glibc

/// Runs the command line and ends the process with its exit code.
package func run() -> Never {
  // A reader that goes away and a file size limit are errors of a write, not the end.
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
  StandardDescriptors.occupy()
  let (arguments, wrong) = RawArguments.read()
  let words = CommandLineWords(arguments)
  if let wrong {
    let console = Console(
      here: Surroundings.current(), isJSON: arguments.contains("--json"), isQuiet: false)
    exit(console.report(wrong).rawValue)
  }
  exit(words.isAppend ? runAppend(words) : runParsed(words.all))
}

/// The fast path: nothing of ArgumentParser runs.
private func runAppend(_ words: CommandLineWords) -> Int32 {
  let here = Surroundings.current()
  DamagedPages.tell(isJSON: words.afterCommand.contains("--json"))
  do throws(LogError) {
    let arguments = try AppendArguments(words.afterCommand)
    if arguments.isHelpWanted { return runParsed(["help", "append"]) }
    return try AppendCommand(arguments, here).run().rawValue
  } catch {
    let isJSON = words.afterCommand.contains("--json")
    let console = Console(here: here, isJSON: isJSON, isQuiet: false)
    return console.report(error).rawValue
  }
}

private func runParsed(_ words: [String]) -> Int32 {
  let here = Surroundings.current()
  if let unknown = CommandPath(words).unknown {
    return Console(here: here, isJSON: words.contains("--json"), isQuiet: false)
      .report(unknown).rawValue
  }
  let command: any ParsableCommand
  do { command = try Uetlog.parseAsRoot(words) } catch { return report(error, words, here) }
  guard let command = command as? any LogCommand else {
    var command = command
    do { try command.run() } catch { return report(error, words, here) }
    return 0
  }
  let common = command.common
  let console = Console(
    here: here, isJSON: common.json, isQuiet: common.quiet, color: common.color)
  DamagedPages.tell(isJSON: common.json)
  do throws(LogError) {
    return console.finish(try command.execute(console)).rawValue
  } catch {
    return console.finish(console.report(error)).rawValue
  }
}

/// Prints what ArgumentParser has to say: help, or what is wrong with the command line.
private func report(_ error: any Error, _ words: [String], _ here: Surroundings) -> Int32 {
  let console = Console(here: here, isJSON: words.contains("--json"), isQuiet: false)
  guard Uetlog.exitCode(for: error).isSuccess else {
    let known = (["help"] + CommandPath(words).known).joined(separator: " ")
    return console.report(
      LogError(
        .usage, Uetlog.message(for: error).startingSmall,
        hint: "`uetlog \(known)` shows how it is called")
    ).rawValue
  }
  console.output.line(Uetlog.fullMessage(for: error))
  return console.finish(.done).rawValue
}

extension String {
  /// With a small first letter, as all our messages begin.
  fileprivate var startingSmall: String {
    guard let first, dropFirst().first?.isUppercase != true else { return self }
    return first.lowercased() + dropFirst()
  }
}
