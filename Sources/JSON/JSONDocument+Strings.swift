extension JSONDocument {
  /// Whether the string has escapes, so that its bytes are not its meaning.
  @inlinable @inline(__always)
  package func isEscaped(_ n: JSONNode) -> Bool {
    let token = token(n.index)
    return token.kind == .string && token.marked
  }

  /// The bytes between the quotes, as received; empty for other kinds.
  @inlinable @inline(__always)
  package func content(_ n: JSONNode) -> Range<Int> {
    let token = token(n.index)
    guard token.kind == .string else { return 0..<0 }
    return Int(token.start) + 1..<Int(token.end) - 1
  }

  /// The decoded string.
  package func string(_ n: JSONNode) -> String? {
    guard kind(n) == .string else { return nil }
    if !isEscaped(n) { return String(decoding: bytes[content(n)], as: UTF8.self) }
    return stringBytes(n).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The decoded string as UTF-8.
  package func stringBytes(_ n: JSONNode) -> [UInt8]? {
    guard kind(n) == .string else { return nil }
    if !isEscaped(n) { return Array(bytes[content(n)]) }
    var out: [UInt8] = []
    out.reserveCapacity(content(n).count)
    Escape.decode(content(n), of: bytes.span, into: &out)
    return out
  }

  /// Whether the decoded string equals `text`, byte by byte.
  package func equals(_ n: JSONNode, _ text: String) -> Bool {
    guard kind(n) == .string else { return false }
    if isEscaped(n) { return stringBytes(n)?.elementsEqual(text.utf8) ?? false }
    let content = content(n)
    guard content.count == text.utf8.count else { return false }
    var index = content.lowerBound
    for byte in text.utf8 {
      if bytes[index] != byte { return false }
      index &+= 1
    }
    return true
  }

  /// Whether the decoded string is this text of the program.
  package func equals(_ n: JSONNode, _ text: StaticString) -> Bool {
    if isEscaped(n) { return equals(n, text.description) }
    let content = content(n)
    guard kind(n) == .string, content.count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      ByteEquality.equal(
        bytes.span, at: content.lowerBound, unsafe text.span, at: 0, count: content.count)
    }
  }

  /// The value of the member with this key.
  package func member(_ n: JSONNode, _ key: String) -> JSONNode? {
    var key = key
    return key.withUTF8 { member(n, unsafe $0.span) }
  }

  /// The same with the key as UTF-8.
  package func member(_ n: JSONNode, _ key: Span<UInt8>) -> JSONNode? {
    let object = token(n.index)
    guard object.kind == .object else { return nil }
    let bytes = bytes.span
    let quoted = UInt32(truncatingIfNeeded: key.count &+ 2)
    var child = n.index &+ 1
    for _ in 0..<object.count {
      let token = token(child)
      let isFound =
        token.marked
        ? means(JSONNode(child), key)
        : token.end &- token.start == quoted
          && ByteEquality.equal(
            bytes, at: Int(token.start) &+ 1, key, at: 0, count: key.count)
      if isFound { return JSONNode(child &+ 1) }
      child = next(JSONNode(child &+ 1)).index
    }
    return nil
  }

  private func means(_ n: JSONNode, _ key: Span<UInt8>) -> Bool {
    let decoded = stringBytes(n) ?? []
    return decoded.count == key.count
      && ByteEquality.equal(decoded.span, at: 0, key, at: 0, count: key.count)
  }

  /// The value found by following the keys.
  package func member(_ n: JSONNode, path: [String]) -> JSONNode? {
    var node = n
    for key in path {
      guard let found = member(node, key) else { return nil }
      node = found
    }
    return node
  }

  /// How many Unicode scalars the decoded string has.
  package func scalarCount(_ n: JSONNode) -> Int {
    guard !isEscaped(n) else {
      return (stringBytes(n) ?? []).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
    var count = 0
    for index in content(n) where bytes[index] & 0xC0 != 0x80 { count &+= 1 }
    return count
  }
}
