package import JSON

/// A schema, ready to judge values.
package struct CompiledSchema: Sendable {
  let program: Program

  /// Whether a value keeps the schema.
  package func isValid(_ d: borrowing JSONDocument, _ n: JSONNode) -> Bool {
    program.code.isValid(d, n)
  }

  /// The first way in which a value breaks the schema.
  package func firstViolation(in d: borrowing JSONDocument, at n: JSONNode) -> Violation? {
    if isValid(d, n) { return nil }
    return violations(in: d, at: n, limit: 1).first
  }

  /// The ways in which a value breaks the schema, in the schema's order, up to `limit`.
  package func violations(
    in d: borrowing JSONDocument, at n: JSONNode, limit: Int
  ) -> [Violation] {
    var violations: [Violation] = []
    for breach in program.code.breaches(d, n, limit: limit) {
      violations.append(Explanation(program.code, breach).violation(in: d))
    }
    return violations
  }
}
