internal import Bytes
package import JSON

/// A payload's fields, by name.
///
/// What is missing or of another type reads as nil: the schema has already said what must be there.
package struct Payload: Sendable {
  private let source: Source

  /// Folds look at few fields of many payloads, and at none of most: those are not parsed.
  private enum Source: Sendable {
    case parsed(JSONDocument, JSONNode)
    case stored(StoredJSON)
  }

  package init(_ document: JSONDocument, _ node: JSONNode) { source = .parsed(document, node) }

  /// Parses stored payload bytes; nil when they are damaged.
  package init?(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(parsing: bytes) else { return nil }
    self.init(document, document.root)
  }

  /// A stored payload whose fields are looked for when they are asked for; one that is damaged
  /// has none.
  package init(stored bytes: [UInt8], _ range: Range<Int>) {
    self.init(StoredJSON(bytes, range))
  }

  private init(_ value: StoredJSON) { source = .stored(value) }

  /// The document that the payload is in.
  package var document: JSONDocument {
    switch source {
    case .parsed(let document, _): document
    case .stored(let value): value.document
    }
  }

  /// The payload's place in the document.
  package var node: JSONNode {
    switch source {
    case .parsed(_, let node): node
    case .stored: JSONDocument().root
    }
  }

  package func has(_ key: String) -> Bool { child(key) != nil }

  package func text(_ key: String) -> String? {
    switch source {
    case .parsed(let document, let node):
      document.member(node, key).flatMap { document.string($0) }
    case .stored(let value): value.member(key)?.string
    }
  }

  /// A text at a path of member names.
  package func text(_ path: [String]) -> String? { child(path)?.text }

  package func integer(_ key: String) -> Int64? {
    switch source {
    case .parsed(let document, let node):
      document.member(node, key).flatMap { document.int64($0) }
    case .stored(let value): value.member(key)?.int64
    }
  }

  package func number(_ key: String) -> Double? {
    switch source {
    case .parsed(let document, let node):
      document.member(node, key).flatMap { document.double($0) }
    case .stored(let value): value.member(key)?.double
    }
  }

  package func flag(_ key: String) -> Bool? {
    switch source {
    case .parsed(let document, let node):
      document.member(node, key).flatMap { document.bool($0) }
    case .stored(let value): value.member(key)?.bool
    }
  }

  /// A member, whatever it is.
  package func child(_ key: String) -> Payload? {
    switch source {
    case .parsed(let document, let node):
      document.member(node, key).map { Payload(document, $0) }
    case .stored(let value): value.member(key).map { Payload($0) }
    }
  }

  private func child(_ path: [String]) -> Payload? {
    switch source {
    case .parsed(let document, let node):
      document.member(node, path: path).map { Payload(document, $0) }
    case .stored(let value): value.member(path: path).map { Payload($0) }
    }
  }

  private var text: String? {
    switch source {
    case .parsed(let document, let node): document.string(node)
    case .stored(let value): value.string
    }
  }

  /// Visits the members of those members that are objects, with both keys: one pass where many are
  /// wanted.
  package func forEachInnerMember(
    _ body: (_ outer: Span<UInt8>, _ key: Span<UInt8>, _ value: Payload) -> Void
  ) {
    switch source {
    case .parsed(let document, let node):
      document.forEachMember(node) { outer, object in
        guard document.kind(object) == .object else { return }
        let outer = document.textBytes(outer)
        document.forEachMember(object) { key, value in
          body(outer.span, document.textBytes(key).span, Payload(document, value))
        }
      }
    case .stored(let value): value.forEachInnerMember { body($0, $1, Payload($2)) }
    }
  }

  /// The value itself, where it is an integer.
  package var integer: Int64? {
    switch source {
    case .parsed(let document, let node): document.int64(node)
    case .stored(let value): value.int64
    }
  }

  /// The value itself, where it is a truth value.
  package var flag: Bool? {
    switch source {
    case .parsed(let document, let node): document.bool(node)
    case .stored(let value): value.bool
    }
  }

  /// The texts of a member that is an array; others in it are left out.
  package func texts(_ key: String) -> [String] {
    guard let array = child(key) else { return [] }
    let document = array.document
    var texts: [String] = []
    document.forEachElement(array.node) { element in
      if let text = document.string(element) { texts.append(text) }
    }
    return texts
  }

  /// How many elements or members a member has.
  package func count(_ key: String) -> Int {
    child(key).map { $0.document.count($0.node) } ?? 0
  }

  /// A member's tokens as received, without white space between them.
  package func raw(_ key: String) -> [UInt8]? {
    switch source {
    case .parsed(let document, let node):
      document.member(node, key).map { document.compacted($0) }
    case .stored(let value): value.member(key)?.compacted
    }
  }

  /// Appends the text at a path as it is, or the number as it is written; false when there is
  /// neither.
  ///
  /// - Parameter path: where in `text` the names of the members are.
  func appendText(
    _ path: Span<Range<Int>>, of text: Span<UInt8>, to bytes: inout [UInt8]
  ) -> Bool {
    switch source {
    case .parsed(let document, var node):
      for index in path.indices {
        guard let found = document.member(node, text.extracting(path[index])) else {
          return false
        }
        node = found
      }
      return Self.append(node, of: document, to: &bytes)
    case .stored(var value):
      for index in path.indices {
        guard let found = value.member(text.extracting(path[index])) else { return false }
        value = found
      }
      return value.appendText(to: &bytes)
    }
  }

  private static func append(
    _ node: JSONNode, of document: JSONDocument, to bytes: inout [UInt8]
  ) -> Bool {
    switch document.kind(node) {
    case .string:
      if document.isEscaped(node) {
        guard let text = document.stringBytes(node) else { return false }
        bytes += text
      } else {
        bytes.append(document.bytes.span.extracting(document.content(node)))
      }
    case .number: document.appendCompacted(node, to: &bytes)
    default: return false
    }
    return true
  }
}

extension Span<UInt8> {
  /// Whether these are the bytes of a text.
  func spells(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      unsafe ByteEquality.equal(self, at: 0, text.span, at: 0, count: count)
    }
  }
}
