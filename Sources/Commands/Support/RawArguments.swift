internal import Events
internal import Glibc

/// The words of the command line as they were given.
enum RawArguments {
  /// The words after the program's name, and what is wrong with the first that is not UTF-8.
  ///
  /// `CommandLine.arguments` would quietly change such a word.
  static func read() -> (words: [String], wrong: LogError?) {
    var words: [String] = []
    var wrong: LogError?
    let count = Int(CommandLine.argc)
    // The runtime of a program that is not static finds them in /proc; without, no command may be
    // taken for another.
    if count < 1 {
      wrong = LogError(
        .system, "the program can't read its own arguments",
        hint: "Nothing was done: look at the limits for open files and at /proc")
    }
    for index in 0..<count where index > 0 {
      guard let bytes = unsafe CommandLine.unsafeArgv[index] else { break }
      if let word = unsafe String(validatingCString: bytes) {
        words.append(word)
      } else if wrong == nil {
        let shown = unsafe SafeText.escaped(
          UnsafeBufferPointer(start: bytes, count: strnlen(bytes, 60))
            .map { UInt8(bitPattern: $0) })
        wrong = LogError(
          .badInput, "argument \(index) is not UTF-8", actual: shown,
          hint: "Text of another encoding goes through `iconv -t UTF-8` first")
      }
    }
    return (words, wrong)
  }
}
