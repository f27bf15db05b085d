/// A set of numbers below a bound, one bit each.
struct PageSet: Hashable, Sendable {
  private var words: [UInt64]
  private(set) var count = 0

  init(below bound: UInt64) {
    words = [UInt64](repeating: 0, count: Int(clamping: bound / 64 &+ 1))
  }

  /// Whether the number was not there before; numbers from the bound on are never taken.
  mutating func insert(_ number: UInt64) -> Bool {
    let word = Int(clamping: number / 64)
    let bit: UInt64 = 1 << (number % 64)
    guard word < words.count, words[word] & bit == 0 else { return false }
    words[word] |= bit
    count += 1
    return true
  }

  /// Whether none of the numbers was there before; numbers from the bound on are never taken.
  mutating func insert(_ numbers: Range<UInt64>) -> Bool {
    var next = numbers.lowerBound
    while next < numbers.upperBound {
      let end = min(numbers.upperBound, (next / 64 + 1) * 64)
      let word = Int(clamping: next / 64)
      let mask = (UInt64.max >> (64 - (end - next))) << (next % 64)
      guard word < words.count, words[word] & mask == 0 else { return false }
      words[word] |= mask
      count += Int(end - next)
      next = end
    }
    return true
  }

  /// The numbers that are in both, in order.
  func intersection(_ other: PageSet) -> [UInt64] {
    var numbers: [UInt64] = []
    for (index, pair) in zip(words, other.words).enumerated() {
      var both = pair.0 & pair.1
      while both != 0 {
        numbers.append(UInt64(index) * 64 + UInt64(both.trailingZeroBitCount))
        both &= both - 1
      }
    }
    return numbers
  }
}
