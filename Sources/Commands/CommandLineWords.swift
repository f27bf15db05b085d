/// The command line with a `--log DIR` before the subcommand moved behind it.
struct CommandLineWords: Sendable {
  /// All words, as ArgumentParser gets them.
  let all: [String]

  init(_ words: some Sequence<String>) {
    var rest = Array(words)[...]
    var leading: [String] = []
    while let word = rest.first {
      if word == "--log", rest.count > 1 {
        leading += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else if word.hasPrefix("--log=") {
        leading.append(word)
        rest = rest.dropFirst()
      } else {
        break
      }
    }
    // Behind the last option and before words that are no options.
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    all = rest[..<end] + leading + rest[end...]
  }

  var isAppend: Bool { all.first == "append" }

  /// The words after the subcommand.
  var afterCommand: [String] { Array(all.dropFirst()) }
}
