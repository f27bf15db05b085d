internal import JSON

/// The strings of a document, keys included, decoded, each with where it is.
struct JSONStrings {
  private let document: JSONDocument

  init(_ document: JSONDocument) { self.document = document }

  /// Calls `body` with each string; `name` is that of the member whose value it is.
  func forEach(
    _ body: (_ text: [UInt8], _ name: [UInt8]?, _ pointer: () -> String) -> Void
  ) {
    walk(document.root, name: nil, body)
  }

  // Documents are at most 128 deep.
  private func walk(
    _ node: JSONNode, name: [UInt8]?,
    _ body: (_ text: [UInt8], _ name: [UInt8]?, _ pointer: () -> String) -> Void
  ) {
    switch document.kind(node) {
    case .string:
      if let text = document.stringBytes(node) { body(text, name) { document.pointer(to: node) } }
    case .object:
      document.forEachMember(node) { key, value in
        let name = document.stringBytes(key) ?? []
        body(name, nil) { document.pointer(to: key) }
        walk(value, name: name, body)
      }
    case .array: document.forEachElement(node) { walk($0, name: name, body) }
    default: break
    }
  }
}
