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

  /// The decoded string, or the number as it is written.
  package func textBytes(_ n: JSONNode) -> [UInt8] { stringBytes(n) ?? Array(bytes[range(n)]) }
}
