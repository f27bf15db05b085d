extension FormatReader {
  /// A URI, or a reference that may lack the scheme (RFC 3986).
  mutating func uri(needsScheme: Bool) -> Bool {
    if !scheme() {
      if needsScheme { return false }
      at = 0
      // A colon in the first step would have made it a scheme.
      let slash = firstIndex(of: "/", from: 0, until: text.count) ?? text.count
      let mark = firstIndex(of: "?", from: 0, until: slash) ?? slash
      let hash = firstIndex(of: "#", from: 0, until: mark) ?? mark
      if firstIndex(of: ":", from: 0, until: hash) != nil { return false }
    }
    if at + 1 < text.count, text[at] == UInt8(ascii: "/"), text[at + 1] == UInt8(ascii: "/") {
      at += 2
      guard authority() else { return false }
    }
    guard characters(also: "/") else { return false }
    if take("?") {
      guard characters(also: "/?") else { return false }
    }
    if take("#") {
      guard characters(also: "/?") else { return false }
    }
    return isAtEnd
  }

  private mutating func scheme() -> Bool {
    guard Self.isLetter(peek()) else { return false }
    while at < text.count {
      let byte = text[at]
      at += 1
      if byte == UInt8(ascii: ":") { return true }
      let isMark =
        byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      guard Self.isLetter(byte) || Self.isDigit(byte) || isMark else { return false }
    }
    return false
  }

  private mutating func authority() -> Bool {
    var end = at
    while end < text.count, text[end] != UInt8(ascii: "/"), text[end] != UInt8(ascii: "?"),
      text[end] != UInt8(ascii: "#")
    {
      end += 1
    }
    if let sign = firstIndex(of: "@", from: at, until: end) {
      guard characters(also: "", without: "@", until: sign), at == sign else { return false }
      at += 1
    }
    if take("[") {
      guard let close = firstIndex(of: "]", from: at, until: end), ipv6(until: close) else {
        return false
      }
      at = close + 1
    } else {
      guard characters(also: "", without: "@:", until: end) else { return false }
    }
    if at < end, take(":") {
      while at < end, Self.isDigit(text[at]) { at += 1 }
    }
    return at == end
  }

  /// Passes over the characters of a path step and those in `also`; false at a broken escape.
  private mutating func characters(
    also: String, without: String = "", until end: Int? = nil
  ) -> Bool {
    let end = end ?? text.count
    while at < end {
      let byte = text[at]
      if byte == UInt8(ascii: "%") {
        guard at + 2 < end, Self.isHex(text[at + 1]), Self.isHex(text[at + 2]) else { return false }
        at += 3
        continue
      }
      let isExcluded = without.utf8.contains(byte)
      guard Self.isStep(byte) && !isExcluded || also.utf8.contains(byte) else { return true }
      at += 1
    }
    return true
  }

  private static func isStep(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&")...UInt8(ascii: "."),
      UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "@"),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: isLetter(byte) || isDigit(byte)
    }
  }

  /// RFC 6901.
  mutating func jsonPointer() -> Bool {
    guard isAtEnd || peek() == UInt8(ascii: "/") else { return false }
    while at < text.count {
      let isTilde = text[at] == UInt8(ascii: "~")
      at += 1
      if isTilde, !take("0"), !take("1") { return false }
    }
    return true
  }

  /// An integer, then a pointer or `#`.
  mutating func relativeJSONPointer() -> Bool {
    guard Self.isDigit(peek()) else { return false }
    if !take("0") {
      while Self.isDigit(peek()) { at += 1 }
    }
    if take("#") { return isAtEnd }
    return jsonPointer()
  }
}
