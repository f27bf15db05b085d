package import JSON

/// Looks up in a type's schema what a field may be, following references to other files.
package struct FieldTypes {
  private static let depthMax = 32

  /// The schema with an id.
  private let document: (String) -> JSONDocument?
  private let root: String

  /// - Parameter root: the id of the schema whose fields are looked up.
  package init(root: String, document: @escaping (String) -> JSONDocument?) {
    self.root = root
    self.document = document
  }

  /// What may stand at a path of keys.
  package func type(at path: [String]) -> FieldType {
    guard let document = document(root) else { return [] }
    return types(path[...], document, document.root, root, 0)
  }

  private func types(
    _ path: ArraySlice<String>, _ document: JSONDocument, _ node: JSONNode, _ id: String,
    _ depth: Int
  ) -> FieldType {
    guard depth < Self.depthMax, document.kind(node) == .object else { return [] }
    if let reference = document.member(node, "$ref").flatMap({ document.string($0) }) {
      return follow(reference, path, document, id, depth)
    }
    var found: FieldType = []
    for keyword in ["allOf", "anyOf", "oneOf"] {
      guard let choices = document.member(node, keyword) else { continue }
      document.forEachElement(choices) {
        found.formUnion(types(path, document, $0, id, depth + 1))
      }
    }
    guard let step = path.first else { return found.union(own(document, node)) }
    for child in children(step, document, node) {
      found.formUnion(types(path.dropFirst(), document, child, id, depth + 1))
    }
    return found
  }

  private func children(
    _ step: String, _ document: JSONDocument, _ node: JSONNode
  ) -> [JSONNode] {
    if step == FieldType.element {
      return document.member(node, "items").map { [$0] } ?? []
    }
    if let named = document.member(node, path: ["properties", step]) { return [named] }
    return document.member(node, "additionalProperties").map { [$0] } ?? []
  }

  /// What a schema object itself says.
  private func own(_ document: JSONDocument, _ node: JSONNode) -> FieldType {
    var found: FieldType = []
    if let type = document.member(node, "type") {
      if let name = document.string(type) { found.formUnion(FieldType(name: name)) }
      document.forEachElement(type) {
        found.formUnion(FieldType(name: document.string($0) ?? ""))
      }
      return found
    }
    if let constant = document.member(node, "const") {
      found.formUnion(FieldType(document, constant))
    }
    if let values = document.member(node, "enum") {
      document.forEachElement(values) { found.formUnion(FieldType(document, $0)) }
    }
    return found
  }

  private func follow(
    _ reference: String, _ path: ArraySlice<String>, _ document: JSONDocument, _ id: String,
    _ depth: Int
  ) -> FieldType {
    let hash = reference.utf8.firstIndex(of: UInt8(ascii: "#")) ?? reference.endIndex
    let target = String(reference[..<hash])
    let other = target.isEmpty ? document : self.document(target)
    guard let other else { return [] }
    let steps = JSONDocument.steps(of: String(reference[hash...]))
    guard let node = other.member(other.root, path: steps) else { return [] }
    return types(path, other, node, target.isEmpty ? id : target, depth + 1)
  }
}
