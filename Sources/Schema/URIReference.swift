/// The parts of a URI reference and how one is resolved against another (RFC 3986, 5.2).
struct URIReference: Hashable {
  var scheme: String?
  var authority: String?
  var path: String
  var query: String?
  var fragment: String?

  init(_ text: String) {
    var rest = text.utf8[...]
    if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
      fragment = Self.string(rest[rest.index(after: hash)...])
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      query = Self.string(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(rest[..<colon]) {
      scheme = Self.string(rest[..<colon])
      rest = rest[rest.index(after: colon)...]
    }
    if rest.starts(with: "//".utf8) {
      rest = rest.dropFirst(2)
      let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
      authority = Self.string(rest[..<slash])
      rest = rest[slash...]
    }
    path = Self.string(rest)
  }

  private static func string(_ text: Substring.UTF8View) -> String { String(Substring(text)) }

  private static func isScheme(_ text: Substring.UTF8View) -> Bool {
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
    guard let slash = base.path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return string(base.path.utf8[...slash]) + path
  }

  private static func withoutDots(_ path: String) -> String {
    let slash = UInt8(ascii: "/")
    let steps = path.utf8.split(separator: slash, omittingEmptySubsequences: false)
    guard steps.contains(where: { isDots($0, 1) || isDots($0, 2) }) else { return path }
    var kept: [Substring.UTF8View] = []
    for (index, step) in steps.enumerated() {
      let isDot = isDots(step, 1)
      guard isDot || isDots(step, 2) else {
        kept.append(step)
        continue
      }
      if !isDot, kept.count > (path.utf8.first == slash ? 1 : 0) { kept.removeLast() }
      if index == steps.count - 1 { kept.append("".utf8[...]) }
    }
    var text = ""
    for (index, step) in kept.enumerated() {
      if index > 0 { text += "/" }
      text += string(step)
    }
    return text
  }

  private static func isDots(_ step: Substring.UTF8View, _ count: Int) -> Bool {
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
