internal import ArgumentParser
internal import Engine
internal import Events

/// The subcommands that a command line names.
struct CommandPath {
  /// Those that there are.
  private(set) var known: [String] = []
  /// The first that there is not.
  ///
  /// ArgumentParser takes an unknown one for an argument of the root command and then complains
  /// about the options behind it.
  private(set) var unknown: LogError?

  init(_ words: [String]) {
    var command: any ParsableCommand.Type = Uetlog.self
    for word in words.first == "help" ? words[1...] : words[...] {
      let choices = command.configuration.subcommands
      guard !choices.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      guard let next = choices.first(where: { $0._commandName == word }) else {
        unknown = Self.unknown(word, choices.map { $0._commandName }, known)
        return
      }
      known.append(word)
      command = next
    }
  }

  private static func unknown(_ word: String, _ choices: [String], _ known: [String]) -> LogError {
    let near = nearest(to: word, among: choices)
    let path = (["uetlog"] + known + [word]).joined(separator: " ")
    return LogError(
      .usage, "there is no command `\(path)`", allowed: near.map { [$0] } ?? choices,
      hint: "`\((["uetlog help"] + known).joined(separator: " "))` lists the commands")
  }
}
