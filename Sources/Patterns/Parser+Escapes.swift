extension Parser {
  /// Reads what follows a backslash outside a class; boundaries are read already.
  mutating func escape(from start: Int) throws(PatternError) -> Syntax {
    guard let scalar = peek() else { throw error("nothing after a backslash", at: start) }
    if ("1"..."9").contains(scalar) {
      try unsupported("backreference \"\\\(scalar)\"", at: start)
      while let digit = peek(), ("0"..."9").contains(digit) { at += 1 }
      return .empty
    }
    if scalar == "k" {
      try unsupported("backreference \"\\k\"", at: start)
      at += 1
      guard take("<") else { throw error("invalid group name") }
      _ = try groupName()
      return .empty
    }
    return .set(try setEscape(from: start))
  }

  /// Reads what follows a backslash as a set of scalars.
  private mutating func setEscape(from start: Int) throws(PatternError) -> ScalarSet {
    guard let scalar = peek() else { throw error("nothing after a backslash", at: start) }
    at += 1
    switch scalar {
    case "d": return .digits
    case "D": return ScalarSet.digits.inverted
    case "w": return .word
    case "W": return ScalarSet.word.inverted
    case "s": return .space
    case "S": return ScalarSet.space.inverted
    case "p", "P":
      try unsupported("property escape \"\\\(scalar)\"", at: start)
      guard take("{") else { throw error("invalid property escape", at: start) }
      while let next = peek(), next != "}" { at += 1 }
      guard take("}") else { throw error("invalid property escape", at: start) }
      return ScalarSet([0...ScalarSet.last])
    default: return ScalarSet(try character(scalar, from: start))
    }
  }

  private mutating func character(
    _ scalar: Unicode.Scalar, from start: Int
  ) throws(PatternError) -> UInt32 {
    switch scalar {
    case "t": return 0x09
    case "n": return 0x0A
    case "v": return 0x0B
    case "f": return 0x0C
    case "r": return 0x0D
    case "0":
      if let next = peek(), ("0"..."9").contains(next) {
        throw error("octal escape", at: start)
      }
      return 0
    case "c":
      guard let letter = peek(), letter.isASCII, letter.properties.isAlphabetic else {
        throw error("expected a letter after \\c", at: start)
      }
      at += 1
      return letter.value % 32
    case "x": return try hex(2, from: start)
    case "u": return try unicode(from: start)
    default:
      let isSyntax = scalar.isASCII && !scalar.properties.isAlphabetic
      guard isSyntax, !("0"..."9").contains(scalar) else {
        throw error("invalid escape \"\\\(scalar)\"", at: start)
      }
      return scalar.value
    }
  }

  private mutating func unicode(from start: Int) throws(PatternError) -> UInt32 {
    if take("{") {
      var value: UInt32 = 0
      let first = at
      while let digit = peek().flatMap(Self.hexDigit) {
        value = min(value * 16 + digit, ScalarSet.last + 1)
        at += 1
      }
      guard at > first, take("}"), value <= ScalarSet.last else {
        throw error("invalid \\u{…} escape", at: start)
      }
      return value
    }
    let high = try hex(4, from: start)
    guard 0xD800...0xDBFF ~= high, peek() == "\\", peek(1) == "u" else { return high }
    let back = at
    at += 2
    if let low = try? hex(4, from: start), 0xDC00...0xDFFF ~= low {
      return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    }
    at = back
    return high
  }

  private mutating func hex(_ count: Int, from start: Int) throws(PatternError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = peek().flatMap(Self.hexDigit) else {
        throw error("expected \(count) hexadecimal digits", at: start)
      }
      value = value * 16 + digit
      at += 1
    }
    return value
  }

  private static func hexDigit(_ scalar: Unicode.Scalar) -> UInt32? {
    guard scalar.isASCII else { return nil }
    return Character(scalar).hexDigitValue.map(UInt32.init)
  }

  /// Reads a class whose opening bracket is read already.
  mutating func characterClass() throws(PatternError) -> ScalarSet {
    let start = at - 1
    let inverts = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    while !take("]") {
      guard peek() != nil else { throw error("unclosed class", at: start) }
      let first = at
      let low = try classAtom()
      guard peek() == "-", let after = peek(1), after != "]" else {
        ranges += low.ranges
        continue
      }
      at += 1
      let high = try classAtom()
      guard let bottom = low.single, let top = high.single else {
        throw error("a class can't be the end of a range", at: first)
      }
      guard bottom <= top else { throw error("range out of order", at: first) }
      ranges.append(bottom...top)
    }
    let set = ScalarSet(ranges)
    return inverts ? set.inverted : set
  }

  private mutating func classAtom() throws(PatternError) -> ScalarSet {
    let start = at
    guard let scalar = peek() else { throw error("unclosed class") }
    at += 1
    guard scalar == "\\" else { return ScalarSet(scalar.value) }
    if take("b") { return ScalarSet(0x08) }
    return try setEscape(from: start)
  }
}

extension ScalarSet {
  fileprivate var single: UInt32? {
    guard ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
    return ranges[0].lowerBound
  }
}
