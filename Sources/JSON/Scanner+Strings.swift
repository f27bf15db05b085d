extension Scanner {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of each byte that a string can't simply pass over; the lowest one is exact.
  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let slash = word ^ (ones &* 0x5C)
    let hits =
      ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash)
      | ((word &- ones &* 0x20) & ~word) | word
    return hits & highs
  }

  /// Reads the string whose opening quote is ahead.
  @inline(__always)
  mutating func string() -> Bool {
    let start = at
    var escaped = false
    var cursor = at &+ 1
    while true {
      while cursor &+ 8 <= input.count {
        // The check above keeps the load inside the input.
        let word = unsafe input.bytes.unsafeLoadUnaligned(
          fromUncheckedByteOffset: cursor, as: UInt64.self)
        let stops = Self.stops(UInt64(littleEndian: word))
        if stops != 0 {
          cursor &+= stops.trailingZeroBitCount &>> 3
          break
        }
        cursor &+= 8
      }
      guard cursor < input.count else { return fail(.unterminated, input.count) }
      let byte = input[cursor]
      if byte == UInt8(ascii: "\"") {
        at = cursor &+ 1
        return push(
          Token(.string, start: start, end: at, next: used &+ 1, marked: escaped))
      }
      escaped = escaped || byte == UInt8(ascii: "\\")
      let after = special(byte, cursor)
      guard after > cursor else { return false }
      cursor = after
    }
  }

  /// The index after an escape or a character that isn't plain ASCII; -1 if it is wrong.
  private mutating func special(_ byte: UInt8, _ cursor: Int) -> Int {
    if byte == UInt8(ascii: "\\") { return escape(cursor) }
    if byte < 0x20 {
      _ = fail(.control, cursor)
      return -1
    }
    if byte < 0x80 { return cursor &+ 1 }
    var cursor = cursor
    while cursor < input.count, input[cursor] >= 0x80 {
      let length = UTF8Sequence.length(at: cursor, in: input)
      guard length > 0 else {
        _ = fail(.utf8, cursor)
        return -1
      }
      cursor &+= length
    }
    return cursor
  }

  private mutating func escape(_ cursor: Int) -> Int {
    let letter = cursor &+ 1 < input.count ? input[cursor &+ 1] : 0
    guard letter == UInt8(ascii: "u") else {
      if Escape.byte(for: letter) != nil { return cursor &+ 2 }
      _ = fail(.escape, cursor &+ 1)
      return -1
    }
    let unit = Escape.hex(at: cursor &+ 2, in: input)
    guard unit >= 0 else {
      _ = fail(.hexDigit, cursor &+ 2)
      return -1
    }
    guard 0xD800...0xDFFF ~= unit else { return cursor &+ 6 }
    let isPair =
      unit < 0xDC00 && cursor &+ 12 <= input.count
      && input[cursor &+ 6] == UInt8(ascii: "\\") && input[cursor &+ 7] == UInt8(ascii: "u")
      && 0xDC00...0xDFFF ~= Escape.hex(at: cursor &+ 8, in: input)
    if isPair { return cursor &+ 12 }
    _ = fail(.loneSurrogate, cursor)
    return -1
  }
}
