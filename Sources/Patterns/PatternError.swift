/// Why a regular expression can't be used.
package struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with it.
  package enum Kind: Hashable, Sendable {
    /// It isn't a regular expression.
    case syntax
    /// ECMA 262 has it, but it can't be matched in linear time.
    case unsupported
    /// It would expand to more than the limit.
    case tooLarge
  }

  /// What is wrong with it.
  package var kind: Kind
  /// What was found or expected.
  package var message: String
  /// Where in the source, in Unicode scalars from 0.
  package var offset: Int

  package init(kind: Kind, message: String, offset: Int) {
    self.kind = kind
    self.message = message
    self.offset = offset
  }

  /// Message and place in one line.
  package var description: String { "\(message) at offset \(offset)" }
}

/// What a pattern may at most be.
package enum PatternLimits {
  /// The largest bound of `{m,n}`.
  package static let repetitions = 1_000
  /// Instructions after repetitions are expanded.
  package static let instructions = 10_000
  /// Groups inside each other.
  package static let depth = 100
  /// Classes of a pattern times the classes of scalars that they tell apart.
  static let classCells = 1 << 22
}
