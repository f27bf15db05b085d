extension FormatReader {
  /// An internet host name (RFC 1123) up to `end`.
  mutating func hostname(until end: Int) -> Bool {
    guard end > at, end - at <= 253 else { return false }
    var length = 0
    while at < end {
      let byte = text[at]
      let isHyphen = byte == UInt8(ascii: "-")
      if byte == UInt8(ascii: ".") {
        guard length > 0, text[at - 1] != UInt8(ascii: "-") else { return false }
        length = 0
      } else {
        guard Self.isLetter(byte) || Self.isDigit(byte) || isHyphen && length > 0 else {
          return false
        }
        length += 1
        guard length <= 63 else { return false }
      }
      at += 1
    }
    return length > 0 && text[end - 1] != UInt8(ascii: "-")
  }

  /// Four decimal numbers without leading zeros.
  mutating func ipv4() -> Bool {
    for part in 0..<4 {
      if part > 0, !take(".") { return false }
      let start = at
      var value = 0
      while at - start < 3, Self.isDigit(peek()) {
        value = value * 10 + Int(text[at] - 0x30)
        at += 1
      }
      guard at > start, value <= 255 else { return false }
      if at - start > 1, text[start] == UInt8(ascii: "0") { return false }
    }
    return true
  }

  /// An address of RFC 4291 up to `end`, without a zone.
  mutating func ipv6(until end: Int) -> Bool {
    var groups = 0
    var hasGap = false
    if peek() == UInt8(ascii: ":") {
      at += 1
      guard peek() == UInt8(ascii: ":") else { return false }
    }
    while at < end {
      if take(":") {
        guard !hasGap else { return false }
        hasGap = true
        if at == end { break }
      }
      let start = at
      while at < end, at - start < 5, Self.isHex(text[at]) { at += 1 }
      if at < end, text[at] == UInt8(ascii: ".") {
        at = start
        guard ipv4(), at == end else { return false }
        groups += 2
        break
      }
      guard 1...4 ~= at - start else { return false }
      groups += 1
      if at == end { break }
      guard take(":"), at < end else { return false }
    }
    return at == end && (hasGap ? groups <= 7 : groups == 8)
  }

  /// An address of RFC 5321: a dot-string or a quoted string, then a host or an address literal.
  mutating func email() -> Bool {
    var split = text.count - 1
    while split > 0, text[split] != UInt8(ascii: "@") { split -= 1 }
    guard 1...64 ~= split, split + 1 < text.count else { return false }
    guard text[0] == UInt8(ascii: "\"") ? quotedLocal(until: split) : dotString(until: split) else {
      return false
    }
    at = split + 1
    let last = text.count - 1
    guard peek() == UInt8(ascii: "["), text[last] == UInt8(ascii: "]") else {
      return hostname(until: text.count)
    }
    at += 1
    for letter: Unicode.Scalar in ["I", "P", "v", "6", ":"] where !take(letter) {
      return at == split + 2 && ipv4() && at == last
    }
    return ipv6(until: last)
  }

  private mutating func dotString(until end: Int) -> Bool {
    var previous = UInt8(ascii: ".")
    while at < end {
      let byte = text[at]
      let isDot = byte == UInt8(ascii: ".")
      guard !(isDot && previous == byte), isDot || Self.isAtom(byte) else { return false }
      previous = byte
      at += 1
    }
    return previous != UInt8(ascii: ".")
  }

  private static func isAtom(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="),
      UInt8(ascii: "?"), UInt8(ascii: "^")...UInt8(ascii: "`"),
      UInt8(ascii: "{")...UInt8(ascii: "~"):
      true
    default: isLetter(byte) || isDigit(byte)
    }
  }

  private mutating func quotedLocal(until end: Int) -> Bool {
    at += 1
    while at < end - 1 {
      let byte = text[at]
      if byte == UInt8(ascii: "\\") { at += 1 }
      guard at < end - 1, byte != UInt8(ascii: "\""), 0x20...0x7E ~= text[at] else { return false }
      at += 1
    }
    return at == end - 1 && text[at] == UInt8(ascii: "\"")
  }
}
