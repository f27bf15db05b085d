/// What a million tokens of a model cost, in micro-dollars.
package struct TokenPrice: Hashable, Sendable {
  package var input: Int64
  package var output: Int64

  package init(input: Int64, output: Int64) {
    self.input = input
    self.output = output
  }

  /// What these tokens cost in micro-dollars: rounded once, half up, and kept within what fits.
  package func cost(inputTokens: Int64, outputTokens: Int64) -> Int64 {
    let tokens = Int128(max(0, inputTokens)) * Int128(max(0, input))
    let total = tokens + Int128(max(0, outputTokens)) * Int128(max(0, output))
    return Int64(clamping: (total + 500_000) / 1_000_000)
  }
}

/// Micro-dollars as people write them: `$1.25`, `$0.000004`.
package func dollars(_ microUSD: Int64) -> String {
  let sign = microUSD < 0 ? "-" : ""
  let (whole, rest) = microUSD.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
  var digits = String(rest)
  digits = String(repeating: "0", count: 6 - digits.count) + digits
  while digits.count > 2, digits.hasSuffix("0") { digits.removeLast() }
  return "\(sign)$\(whole).\(digits)"
}
