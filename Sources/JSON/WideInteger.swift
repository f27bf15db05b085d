/// An unsigned integer of 256 bits: room for the 64 digits of the longest number.
struct WideInteger: Hashable, Sendable {
  private var low: (UInt64, UInt64) = (0, 0)
  private var high: (UInt64, UInt64) = (0, 0)

  init(_ value: UInt64 = 0) { low.0 = value }

  static func == (one: Self, other: Self) -> Bool { one.low == other.low && one.high == other.high }

  func hash(into hasher: inout Hasher) {
    hasher.combine(low.0)
    hasher.combine(low.1)
    hasher.combine(high.0)
    hasher.combine(high.1)
  }

  var isZero: Bool { low == (0, 0) && high == (0, 0) }

  /// The value if it fits in 64 bits.
  var small: UInt64? { low.1 == 0 && high == (0, 0) ? low.0 : nil }

  /// Multiplies by a small factor and adds; the caller keeps the result in 256 bits.
  mutating func multiply(by factor: UInt64, adding digit: UInt64) {
    var carry = digit
    func step(_ limb: UInt64) -> UInt64 {
      let product = limb.multipliedFullWidth(by: factor)
      let (sum, overflow) = product.low.addingReportingOverflow(carry)
      carry = product.high &+ (overflow ? 1 : 0)
      return sum
    }
    low.0 = step(low.0)
    low.1 = step(low.1)
    high.0 = step(high.0)
    high.1 = step(high.1)
  }

  mutating func subtract(_ other: Self) {
    var borrow: UInt64 = 0
    func step(_ limb: UInt64, _ taken: UInt64) -> UInt64 {
      let (first, one) = limb.subtractingReportingOverflow(taken)
      let (second, two) = first.subtractingReportingOverflow(borrow)
      borrow = one || two ? 1 : 0
      return second
    }
    low.0 = step(low.0, other.low.0)
    low.1 = step(low.1, other.low.1)
    high.0 = step(high.0, other.high.0)
    high.1 = step(high.1, other.high.1)
  }

  func bit(_ index: Int) -> UInt64 {
    switch index >> 6 {
    case 0: low.0 >> UInt64(index & 63) & 1
    case 1: low.1 >> UInt64(index & 63) & 1
    case 2: high.0 >> UInt64(index & 63) & 1
    default: high.1 >> UInt64(index & 63) & 1
    }
  }

  /// The remainder after division by a divisor that isn't zero and is below 2^255.
  func remainder(by divisor: Self) -> Self {
    if let value = small, let small = divisor.small, small != 0 { return Self(value % small) }
    var rest = Self()
    for index in stride(from: 255, through: 0, by: -1) {
      rest.multiply(by: 2, adding: bit(index))
      if rest >= divisor { rest.subtract(divisor) }
    }
    return rest
  }
}

extension WideInteger: Comparable {
  static func < (one: Self, other: Self) -> Bool {
    if one.high != other.high {
      return (one.high.1, one.high.0) < (other.high.1, other.high.0)
    }
    return (one.low.1, one.low.0) < (other.low.1, other.low.0)
  }
}
