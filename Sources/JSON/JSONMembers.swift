/// An object's members in order, for loops whose body throws.
package struct JSONMembers: Sequence, IteratorProtocol {
  private let document: JSONDocument
  private var key: JSONNode
  private var left: Int

  fileprivate init(_ document: JSONDocument, _ n: JSONNode) {
    self.document = document
    key = JSONNode(n.index + 1)
    left = document.kind(n) == .object ? document.count(n) : 0
  }

  package mutating func next() -> (key: JSONNode, value: JSONNode)? {
    guard left > 0 else { return nil }
    let member = (key: key, value: JSONNode(key.index + 1))
    key = document.next(member.value)
    left -= 1
    return member
  }
}

extension JSONDocument {
  /// An object's members in order; none of a value of another kind.
  package func members(_ n: JSONNode) -> JSONMembers { JSONMembers(self, n) }
}
