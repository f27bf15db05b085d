/// A regular expression (ECMA 262 without lookaround and backreferences), matched in linear time.
package struct Pattern: Sendable {
  private enum Engine: Sendable {
    case runs(Runs)
    case table(Automaton)
    case simulation(Simulation)
  }

  /// The expression as given.
  package let source: String
  private let engine: Engine

  /// Compiles an expression.
  package init(_ source: String) throws(PatternError) {
    self.source = source
    let tree = try Parser.parse(source)
    // Compiled in any case, so that the limits are the same for every shape.
    let program = try Program(tree)
    if let runs = Runs(tree) {
      engine = .runs(runs)
      return
    }
    let alphabet = Alphabet(program)
    guard program.sets.count * alphabet.count <= PatternLimits.classCells else {
      throw PatternError(kind: .tooLarge, message: "too many different classes", offset: 0)
    }
    let simulation = Simulation(program, alphabet)
    if let table = Automaton(simulation, alphabet) {
      engine = .table(table)
    } else {
      engine = .simulation(simulation)
    }
  }

  /// What is wrong with an expression as ECMA 262 sees it, lookaround and backreferences included.
  package static func syntaxError(in source: String) -> PatternError? {
    do throws(PatternError) {
      _ = try Parser.parse(source, syntaxOnly: true)
      return nil
    } catch { return error }
  }

  /// Whether the expression matches anywhere in UTF-8 text.
  package func matches(_ text: Span<UInt8>) -> Bool {
    switch engine {
    case .runs(let runs): return runs.matches(text)
    case .table(let table): return table.matches(text)
    case .simulation(let initial):
      var simulation = initial
      return simulation.matches(text)
    }
  }

  /// Whether the expression matches anywhere in UTF-8 text.
  package func matches(_ text: [UInt8]) -> Bool { matches(text.span) }

  /// Whether the expression matches anywhere in UTF-8 text.
  package func matches(_ text: ArraySlice<UInt8>) -> Bool { matches(text.span) }

  /// Whether the expression matches anywhere in a string.
  package func matches(_ text: String) -> Bool { matches(Array(text.utf8).span) }
}
