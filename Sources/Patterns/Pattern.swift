/// One way to match; a class, so that a pattern is copied by counting one reference.
protocol Matcher: AnyObject, Sendable {
  func matches(_ text: Span<UInt8>) -> Bool
}

/// A regular expression (ECMA 262 without lookaround and backreferences), matched in linear time.
package struct Pattern: Sendable {
  private let matcher: any Matcher

  /// Compiles an expression.
  package init(_ source: String) throws(PatternError) {
    let tree = try Parser.parse(source)
    // Compiled in any case, so that the limits are the same for every shape.
    let program = try Program(tree)
    if let runs = Runs(tree) {
      matcher = runs
      return
    }
    let alphabet = Alphabet(program)
    guard program.sets.count * alphabet.count <= PatternLimits.classCells else {
      throw PatternError(kind: .tooLarge, message: "too many different classes", offset: 0)
    }
    let simulation = Simulation(program, alphabet)
    matcher = AdaptiveMatcher(simulation, alphabet)
  }

  /// What is wrong with an expression as ECMA 262 sees it, lookaround and backreferences included.
  package static func syntaxError(in source: String) -> PatternError? {
    do throws(PatternError) {
      _ = try Parser.parse(source, syntaxOnly: true)
      return nil
    } catch { return error }
  }

  /// Whether the expression matches anywhere in UTF-8 text.
  package func matches(_ text: Span<UInt8>) -> Bool { matcher.matches(text) }

  /// Whether the expression matches anywhere in UTF-8 text.
  package func matches(_ text: [UInt8]) -> Bool { matches(text.span) }

  /// Whether the expression matches anywhere in UTF-8 text.
  package func matches(_ text: ArraySlice<UInt8>) -> Bool { matches(text.span) }

  /// Whether the expression matches anywhere in a string.
  package func matches(_ text: String) -> Bool { matches(Array(text.utf8).span) }
}
