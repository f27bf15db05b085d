internal import Glibc

extension Span<UInt8> {
  /// Shannon's entropy of the bytes of a range, in bits per byte.
  func entropy(_ range: Range<Int>) -> Double {
    guard !range.isEmpty else { return 0 }
    var counts: InlineArray<256, UInt16> = InlineArray(repeating: 0)
    for index in range { counts[Int(self[index])] &+= 1 }
    var sum = 0.0
    for value in counts.indices where counts[value] > 1 {
      sum += Double(counts[value]) * log2(Double(counts[value]))
    }
    return log2(Double(range.count)) - sum / Double(range.count)
  }

  /// Whether at least `minimum` different bytes occur in a range: what placeholders lack.
  func hasVariety(_ range: Range<Int>, atLeast minimum: Int) -> Bool {
    var seen: InlineArray<4, UInt64> = InlineArray(repeating: 0)
    var count = 0
    for index in range {
      let byte = self[index]
      let bit: UInt64 = 1 << UInt64(byte & 63)
      if seen[Int(byte >> 6)] & bit == 0 { count += 1 }
      seen[Int(byte >> 6)] |= bit
      if count >= minimum { return true }
    }
    return false
  }
}
