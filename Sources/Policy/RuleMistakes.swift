internal import Patterns

/// Rules that can be read and that no path matches: who wrote one meant something else.
enum RuleMistakes {
  static func check(glob: Substring) throws(PatternError) {
    if glob.allSatisfy({ $0 == "/" }) { throw error("it is empty, so that no path matches") }
    if glob.hasPrefix("//") || glob.hasPrefix("./") || glob.hasPrefix("../") {
      throw error("paths begin at the top of the repository: leave out what stands before")
    }
    // A name may have brackets, as in `[id]`; one alone was to be a class.
    if glob.count(where: { $0 == "[" }) != glob.count(where: { $0 == "]" }) {
      throw error("a bracket is not closed; globs have no classes, only *, ? and **")
    }
  }

  static func check(expression: String) throws(PatternError) {
    if expression.allSatisfy({ $0 == "/" }) { throw error("it is empty, so that no path matches") }
    if expression.hasPrefix("/") || expression.hasPrefix("./") || expression.hasPrefix("../") {
      throw error("paths begin at the top of the repository: leave out what stands before")
    }
    if expression.contains("/*") {
      throw error("it repeats a slash, which no path has; for a glob write \"glob:\(expression)\"")
    }
  }

  private static func error(_ message: String) -> PatternError {
    PatternError(kind: .unsupported, message: message, offset: 0)
  }
}
