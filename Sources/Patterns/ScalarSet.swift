/// A set of Unicode scalar values as sorted, disjoint ranges.
struct ScalarSet: Hashable, Sendable {
  private(set) var ranges: [ClosedRange<UInt32>]

  static let last: UInt32 = 0x10FFFF

  init(_ ranges: [ClosedRange<UInt32>] = []) {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let top = merged.last, range.lowerBound <= top.upperBound &+ 1 {
        merged[merged.count - 1] = top.lowerBound...max(top.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
  }

  init(_ scalar: UInt32) { ranges = [scalar...scalar] }

  func union(_ other: Self) -> Self { Self(ranges + other.ranges) }

  var inverted: Self {
    var gaps: [ClosedRange<UInt32>] = []
    var low: UInt32 = 0
    for range in ranges {
      if low < range.lowerBound { gaps.append(low...range.lowerBound - 1) }
      low = range.upperBound + 1
    }
    if low <= Self.last { gaps.append(low...Self.last) }
    return Self(gaps)
  }

  func contains(_ scalar: UInt32) -> Bool {
    for range in ranges where scalar <= range.upperBound { return scalar >= range.lowerBound }
    return false
  }

  static let digits = Self([0x30...0x39])
  static let word = Self([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let lineEnds = Self([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
  static let space = Self([
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
    0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
}
