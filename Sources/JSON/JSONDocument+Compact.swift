extension JSONDocument {
  /// The value's tokens as received, without whitespace between them.
  package func compacted(_ n: JSONNode) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(range(n).count)
    appendCompacted(n, to: &out)
    return out
  }

  /// The same, in place where there is no whitespace.
  package func tokens(_ n: JSONNode) -> ArraySlice<UInt8> {
    let token = token(n.index)
    return token.isSpaced ? compacted(n)[...] : bytes[token.range]
  }

  /// Appends the value's tokens as received, without whitespace between them.
  package func appendCompacted(_ n: JSONNode, to out: inout [UInt8]) {
    let token = token(n.index)
    guard token.isSpaced else {
      out.append(contentsOf: bytes[token.range])
      return
    }
    var cursor = Int(token.start)
    for index in n.index + 1..<max(n.index + 1, Int(token.next)) {
      let inner = self.token(index)
      if inner.kind == .array || inner.kind == .object { continue }
      appendPunctuation(cursor..<Int(inner.start), to: &out)
      out.append(contentsOf: bytes[inner.range])
      cursor = Int(inner.end)
    }
    appendPunctuation(cursor..<Int(token.end), to: &out)
  }

  private func appendPunctuation(_ gap: Range<Int>, to out: inout [UInt8]) {
    for byte in bytes[gap] where byte > 0x20 { out.append(byte) }
  }
}
