/// A string, number or key of a document, where texts are looked for.
package struct JSONText {
  package let node: JSONNode
  /// Whether it is a member's name.
  package let isKey: Bool
  /// The name of the member whose value it is, or in whose array it stands.
  package let name: JSONNode?
}

extension JSONDocument {
  /// Calls `body` with each string, number and key of a value, in order.
  package func forEachText(of n: JSONNode, _ body: (JSONText) -> Void) {
    forEachText(of: n, name: nil, body)
  }

  // Documents are at most 128 deep.
  private func forEachText(of n: JSONNode, name: JSONNode?, _ body: (JSONText) -> Void) {
    switch kind(n) {
    case .string, .number: body(JSONText(node: n, isKey: false, name: name))
    case .object:
      forEachMember(n) { key, value in
        body(JSONText(node: key, isKey: true, name: nil))
        forEachText(of: value, name: key, body)
      }
    case .array: forEachElement(n) { forEachText(of: $0, name: name, body) }
    default: break
    }
  }

  /// The document's tokens with other contents in some of its strings; nil when none are other.
  ///
  /// - Parameter body: is asked for each string, number and key, decoded; what it gives for a
  ///   string that is a value takes its place.
  package func replacingStrings(_ body: (JSONText, [UInt8]) -> [UInt8]?) -> [UInt8]? {
    var out: [UInt8] = []
    var end = 0
    forEachText(of: root) { text in
      guard let content = body(text, textBytes(text.node)), !text.isKey,
        kind(text.node) == .string
      else { return }
      let range = range(text.node)
      out += bytes[end..<range.lowerBound]
      JSONWriter.appendQuoted(content.span, to: &out)
      end = range.upperBound
    }
    guard end > 0 else { return nil }
    out += bytes[end...]
    return out
  }

  /// The decoded string, or the number as it is written.
  package func textBytes(_ n: JSONNode) -> [UInt8] { stringBytes(n) ?? Array(bytes[range(n)]) }
}
