extension JSONDocument {
  /// The number, exactly.
  package func number(_ n: JSONNode) -> JSONNumber? {
    guard kind(n) == .number else { return nil }
    return JSONNumber(bytes.span.extracting(range(n)))
  }

  /// The number if it is an integer that fits, also when written as `1.0` or `1e3`.
  package func int64(_ n: JSONNode) -> Int64? {
    plainInteger(n) ?? number(n)?.int64
  }

  /// The nearest double; nil if it would be infinite.
  package func double(_ n: JSONNode) -> Double? {
    guard kind(n) == .number else { return nil }
    guard let value = Double(String(decoding: bytes[range(n)], as: UTF8.self)) else { return nil }
    return value.isFinite ? value : nil
  }

  /// The truth value.
  package func bool(_ n: JSONNode) -> Bool? {
    guard kind(n) == .bool else { return nil }
    return bytes[range(n).lowerBound] == UInt8(ascii: "t")
  }
}

extension JSONDocument {
  /// The integer if it is written as nothing but a sign and at most 18 digits.
  @inline(__always)
  package func plainInteger(_ n: JSONNode) -> Int64? {
    guard kind(n) == .number else { return nil }
    let range = range(n)
    guard range.count <= 18 else { return nil }
    let negative = bytes[range.lowerBound] == UInt8(ascii: "-")
    var value: Int64 = 0
    for index in range.lowerBound &+ (negative ? 1 : 0)..<range.upperBound {
      let digit = bytes[index] &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      value = value &* 10 &+ Int64(digit)
    }
    return negative ? 0 &- value : value
  }

  /// Whether a number has no fraction, however it is written.
  package func isInteger(_ n: JSONNode) -> Bool {
    plainInteger(n) != nil || number(n)?.isInteger ?? false
  }
}
