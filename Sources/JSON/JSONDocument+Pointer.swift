extension JSONDocument {
  /// The JSON pointer (RFC 6901) to a value; a key has its member's pointer.
  package func pointer(to n: JSONNode) -> String {
    var pointer = ""
    var node = root
    while node != n {
      var inside: (String, JSONNode)?
      if kind(node) == .object {
        forEachMember(node) { key, value in
          if n == key { inside = (string(key) ?? "", n) }
          if value.index <= n.index, n.index < next(value).index {
            inside = (string(key) ?? "", value)
          }
        }
      } else {
        var index = 0
        forEachElement(node) { value in
          if value.index <= n.index, n.index < next(value).index { inside = ("\(index)", value) }
          index += 1
        }
      }
      guard let (step, child) = inside else { return pointer }
      pointer += "/" + Self.pointerStep(step)
      node = child
    }
    return pointer
  }

  /// The value that a JSON pointer leads to; nil when there is none.
  package func node(at pointer: String) -> JSONNode? {
    var node = root
    for step in Self.steps(of: pointer) {
      var found: JSONNode?
      if kind(node) == .object {
        found = member(node, step)
      } else if kind(node) == .array {
        var index = 0
        forEachElement(node) { value in
          if "\(index)" == step { found = value }
          index += 1
        }
      }
      guard let found else { return nil }
      node = found
    }
    return node
  }

  /// The JSON pointer to the object or array that a value or key stands in.
  package func parentPointer(of n: JSONNode) -> String {
    let pointer = pointer(to: n)
    // A slash inside of a step is escaped.
    return pointer.lastIndex(of: "/").map { String(pointer[..<$0]) } ?? ""
  }

  /// The keys that a JSON pointer leads through; what stands before its first slash is none.
  package static func steps(of pointer: String) -> [String] {
    var steps: [String] = []
    var rest = pointer.utf8[...]
    while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
      rest = rest[rest.index(after: slash)...]
      steps.append(key(ofStep: rest.prefix { $0 != UInt8(ascii: "/") }))
    }
    return steps
  }

  private static func key(ofStep step: Substring.UTF8View) -> String {
    var key: [UInt8] = []
    var isEscaped = false
    for byte in step {
      switch (isEscaped, byte) {
      case (true, UInt8(ascii: "0")): isEscaped = false
      case (true, UInt8(ascii: "1")):
        key[key.count - 1] = UInt8(ascii: "/")
        isEscaped = false
      default:
        key.append(byte)
        isEscaped = byte == UInt8(ascii: "~")
      }
    }
    return String(decoding: key, as: UTF8.self)
  }

  /// A key as a step of a JSON pointer.
  package static func pointerStep(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
      return key
    }
    var step = ""
    for scalar in key.unicodeScalars {
      switch scalar {
      case "~": step += "~0"
      case "/": step += "~1"
      default: step.unicodeScalars.append(scalar)
      }
    }
    return step
  }

  /// Where a scan stopped: its open containers are linked through `next`.
  func pointer(to fault: Fault) -> String {
    var steps: [String] = []
    var index = fault.around
    var child: Int? = nil
    while index >= 0 {
      let token = openToken(index)
      if token.kind == .object {
        if let key = child.map({ $0 - 1 }) ?? (fault.inChild ? fault.lastToken : nil) {
          steps.append(openKey(key))
        }
      } else if child != nil {
        steps.append("\(max(0, token.count - 1))")
      } else if fault.inChild {
        steps.append("\(token.count)")
      }
      child = index
      index = token.next == Token.none ? -1 : Int(token.next)
    }
    var pointer = ""
    for step in steps.reversed() { pointer += "/" + Self.pointerStep(step) }
    return pointer
  }

  private func openKey(_ index: Int) -> String {
    guard index >= 0 else { return "" }
    let token = openToken(index)
    guard token.kind == .string else { return "" }
    var key: [UInt8] = []
    let content = Int(token.start) + 1..<Int(token.end) - 1
    Escape.decode(content, of: bytes.span, into: &key)
    return String(decoding: key, as: UTF8.self)
  }
}
