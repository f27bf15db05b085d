/// The parts of a URI reference and how one is resolved against another (RFC 3986, 5.2).
struct URIReference: Hashable {
  var scheme: String?
  var authority: String?
  var path: String
  var query: String?
  var fragment: String?

  init(_ text: String) {
    // An array: each step through a string's own bytes asks anew how they are kept.
    var rest = Array(text.utf8)[...]
    if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
      fragment = Self.string(rest[(hash + 1)...])
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      query = Self.string(rest[(mark + 1)...])
      rest = rest[..<mark]
    }
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(rest[..<colon]) {
      scheme = Self.string(rest[..<colon])
      rest = rest[(colon + 1)...]
    }
    if rest.first == Self.slash, rest.dropFirst().first == Self.slash {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: Self.slash) ?? rest.endIndex
      authority = Self.string(rest[..<end])
      rest = rest[end...]
    }
    path = Self.string(rest)
  }

  private static let slash = UInt8(ascii: "/")

  private static func string(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  private static func isScheme(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, (first | 0x20) &- 0x61 < 26 else { return false }
    return text.allSatisfy {
      ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
    }
  }

  /// Everything up to the fragment.
  var withoutFragment: String {
    var text = scheme.map { $0 + ":" } ?? ""
    if let authority { text += "//" + authority }
    text += path
    if let query { text += "?" + query }
    return text
  }

  func resolved(against base: Self) -> Self {
    var result = self
    if scheme != nil {
      result.path = Self.withoutDots(path)
      return result
    }
    result.scheme = base.scheme
    if authority != nil {
      result.path = Self.withoutDots(path)
      return result
    }
    result.authority = base.authority
    if path.isEmpty {
      result.path = base.path
      result.query = query ?? base.query
    } else if path.hasPrefix("/") {
      result.path = Self.withoutDots(path)
    } else {
      result.path = Self.withoutDots(Self.merge(path, onto: base))
    }
    return result
  }

  private static func merge(_ path: String, onto base: Self) -> String {
    if base.authority != nil, base.path.isEmpty { return "/" + path }
    let bytes = Array(base.path.utf8)
    guard let last = bytes.lastIndex(of: slash) else { return path }
    return string(bytes[...last]) + path
  }

  private static func withoutDots(_ path: String) -> String {
    let bytes = Array(path.utf8)
    guard mayHaveDots(bytes) else { return path }
    let steps = bytes.split(separator: slash, omittingEmptySubsequences: false)
    var kept: [ArraySlice<UInt8>] = []
    for (index, step) in steps.enumerated() {
      let isDot = isDots(step, 1)
      guard isDot || isDots(step, 2) else {
        kept.append(step)
        continue
      }
      if !isDot, kept.count > (bytes.first == slash ? 1 : 0) { kept.removeLast() }
      if index == steps.count - 1 { kept.append([]) }
    }
    var text = ""
    for (index, step) in kept.enumerated() {
      if index > 0 { text += "/" }
      text += string(step)
    }
    return text
  }

  /// Whether a step begins with a dot: hardly any does, and no list of steps is made for it.
  private static func mayHaveDots(_ path: [UInt8]) -> Bool {
    var previous = slash
    for byte in path {
      if byte == UInt8(ascii: "."), previous == slash { return true }
      previous = byte
    }
    return false
  }

  private static func isDots(_ step: ArraySlice<UInt8>, _ count: Int) -> Bool {
    step.count == count && step.allSatisfy { $0 == UInt8(ascii: ".") }
  }

  /// The fragment with its percent escapes decoded.
  var decodedFragment: String {
    guard let fragment, fragment.utf8.contains(UInt8(ascii: "%")) else { return fragment ?? "" }
    var bytes: [UInt8] = []
    var rest = Array(fragment.utf8)[...]
    while let byte = rest.popFirst() {
      let code = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(code, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
