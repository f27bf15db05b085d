extension Scanner {
  /// Reads the number that is ahead.
  @inline(__always)
  mutating func number() -> Bool {
    let start = at
    var cursor = at
    if input[cursor] == UInt8(ascii: "-") { cursor &+= 1 }
    let first = digits(&cursor)
    if first == 0 { return fail(.digit, cursor) }
    if first > 1, input[cursor &- first] == UInt8(ascii: "0") {
      return fail(.leadingZero, cursor &- first &+ 1)
    }
    if cursor < input.count, input[cursor] == UInt8(ascii: ".") {
      cursor &+= 1
      if digits(&cursor) == 0 { return fail(.digit, cursor) }
    }
    if cursor < input.count, input[cursor] | 0x20 == UInt8(ascii: "e") {
      cursor &+= 1
      if cursor < input.count,
        input[cursor] == UInt8(ascii: "+") || input[cursor] == UInt8(ascii: "-")
      {
        cursor &+= 1
      }
      if digits(&cursor) == 0 { return fail(.digit, cursor) }
    }
    if cursor &- start > JSONLimits.number { return fail(.numberLength, start) }
    at = cursor
    return push(Token(.number, start: start, end: cursor, next: used &+ 1))
  }

  @inline(__always)
  private func digits(_ cursor: inout Int) -> Int {
    let start = cursor
    while cursor < input.count, input[cursor] &- UInt8(ascii: "0") < 10 { cursor &+= 1 }
    return cursor &- start
  }
}
