/// A JSON number, exactly as its text says: ±digits × 10^exponent.
///
/// Digits carry no trailing zeros, so equal numbers are equal values. Exponents beyond ±10^15
/// are treated as that bound.
package struct JSONNumber: Hashable, Sendable {
  /// Whether it is below zero.
  package let isNegative: Bool
  private let digits: WideInteger
  private let digitCount: Int
  private let exponent: Int

  private static let exponentBound = 1_000_000_000_000_000

  /// Reads a number's text; nil if it isn't one or is longer than a number may be.
  package init?(_ text: Span<UInt8>) {
    guard text.count > 0, text.count <= JSONLimits.number else { return nil }
    var index = 0
    let negative = text[0] == UInt8(ascii: "-")
    if negative { index = 1 }
    var digits = WideInteger()
    var count = 0
    var zeros = 0
    var exponent = 0
    var isFraction = false
    var sawDigit = false
    while index < text.count {
      let byte = text[index]
      let digit = byte &- UInt8(ascii: "0")
      if digit < 10 {
        sawDigit = true
        if isFraction { exponent -= 1 }
        if digit == 0 {
          if count > 0 { zeros += 1 }
        } else {
          // Zeros wait until a digit follows, so that none trail.
          for _ in 0..<zeros { digits.multiply(by: 10, adding: 0) }
          digits.multiply(by: 10, adding: UInt64(digit))
          count += zeros + 1
          zeros = 0
        }
      } else if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else {
        break
      }
      index += 1
    }
    guard sawDigit else { return nil }
    if index < text.count {
      guard let power = Self.power(text, from: index) else { return nil }
      exponent += power
    }
    self.digits = digits
    isNegative = negative && count > 0
    digitCount = count
    self.exponent = count == 0 ? 0 : exponent + zeros
  }

  /// Reads a number's text.
  package init?(_ text: String) { self.init(Array(text.utf8).span) }

  private static func power(_ text: Span<UInt8>, from start: Int) -> Int? {
    guard text[start] | 0x20 == UInt8(ascii: "e") else { return nil }
    var index = start + 1
    guard index < text.count else { return nil }
    let negative = text[index] == UInt8(ascii: "-")
    if negative || text[index] == UInt8(ascii: "+") { index += 1 }
    guard index < text.count else { return nil }
    var value = 0
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = min(value * 10 + Int(digit), exponentBound)
      index += 1
    }
    return negative ? -value : value
  }

  /// Whether it is zero.
  package var isZero: Bool { digitCount == 0 }

  /// Whether it has no fraction.
  package var isInteger: Bool { exponent >= 0 }

  /// The value if it is an integer that fits.
  package var int64: Int64? {
    guard exponent >= 0, digitCount + exponent <= 19 else { return nil }
    var value = digits
    for _ in 0..<exponent { value.multiply(by: 10, adding: 0) }
    guard let magnitude = value.small else { return nil }
    if isNegative {
      return magnitude <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }
    return Int64(exactly: magnitude)
  }

  /// Whether dividing by `other` leaves an integer; false for a zero divisor.
  package func isMultiple(of other: JSONNumber) -> Bool {
    if other.isZero { return false }
    if isZero { return true }
    let shift = exponent - other.exponent
    // Neither ends in a zero, so a divisor with more tens than this number can't divide it.
    if shift < 0 { return false }
    var rest = digits.remainder(by: other.digits)
    // The divisor is below 2^213: further tens add no factor that it could use.
    for _ in 0..<min(shift, 213) where !rest.isZero {
      rest.multiply(by: 10, adding: 0)
      while rest >= other.digits { rest.subtract(other.digits) }
    }
    return rest.isZero
  }
}

extension JSONNumber: Comparable {
  package static func < (one: Self, other: Self) -> Bool {
    if one.isNegative != other.isNegative { return one.isNegative }
    return one.isNegative
      ? magnitude(other, isBelow: one) : magnitude(one, isBelow: other)
  }

  private static func magnitude(_ one: Self, isBelow other: Self) -> Bool {
    if one.isZero || other.isZero { return one.isZero && !other.isZero }
    let left = one.digitCount + one.exponent
    let right = other.digitCount + other.exponent
    if left != right { return left < right }
    return one.digits(count: other.digitCount) < other.digits(count: one.digitCount)
  }

  /// The digits with zeros appended up to `count`.
  private func digits(count: Int) -> WideInteger {
    var value = digits
    for _ in 0..<max(0, count - digitCount) { value.multiply(by: 10, adding: 0) }
    return value
  }
}
