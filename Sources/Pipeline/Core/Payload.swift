package import JSON

/// A payload's fields, by name.
///
/// What is missing or of another type reads as nil: the schema has already said what must be there.
package struct Payload: Sendable {
  package let document: JSONDocument
  package let node: JSONNode

  package init(_ document: JSONDocument, _ node: JSONNode) {
    self.document = document
    self.node = node
  }

  /// Parses stored payload bytes; nil when they are damaged.
  package init?(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(parsing: bytes) else { return nil }
    self.init(document, document.root)
  }

  package func has(_ key: String) -> Bool { document.member(node, key) != nil }

  package func text(_ key: String) -> String? {
    document.member(node, key).flatMap { document.string($0) }
  }

  /// A text at a path of member names.
  package func text(_ path: [String]) -> String? {
    document.member(node, path: path).flatMap { document.string($0) }
  }

  package func integer(_ key: String) -> Int64? {
    document.member(node, key).flatMap { document.int64($0) }
  }

  package func number(_ key: String) -> Double? {
    document.member(node, key).flatMap { document.double($0) }
  }

  package func flag(_ key: String) -> Bool? {
    document.member(node, key).flatMap { document.bool($0) }
  }

  /// A member that is an object or array.
  package func child(_ key: String) -> Payload? {
    document.member(node, key).map { Payload(document, $0) }
  }

  /// The texts of a member that is an array; others in it are left out.
  package func texts(_ key: String) -> [String] {
    guard let array = document.member(node, key) else { return [] }
    var texts: [String] = []
    document.forEachElement(array) { element in
      if let text = document.string(element) { texts.append(text) }
    }
    return texts
  }

  /// A member's tokens as received, without white space between them.
  package func raw(_ key: String) -> [UInt8]? {
    document.member(node, key).map { document.compacted($0) }
  }
}
