internal import JSON

/// A subschema: a value of one of the registry's documents.
struct Location: Hashable {
  var document: Int
  var node: JSONNode
}

/// The schema documents at hand and the names of what is in them.
struct Registry {
  private(set) var documents: [JSONDocument] = []
  private(set) var ids: [String] = []
  private var resources: [String: (Location, base: String)] = [:]
  private var anchors: [String: Location] = [:]
  /// Documents whose inner ids have not been looked at; most references need none of them.
  private var unindexed: [(Location, base: String)] = []
  private let load: SchemaCompiler.Load

  init(load: @escaping SchemaCompiler.Load) { self.load = load }

  /// Takes a document in under an absolute id.
  mutating func add(_ document: JSONDocument, id: String) -> (Location, base: String) {
    let root = Location(document: documents.count, node: document.root)
    documents.append(document)
    ids.append(id)
    let name = URIReference(id).withoutFragment
    let base = base(of: root.node, in: document, outer: name)
    resources[name] = (root, base)
    unindexed.append((root, name))
    return (root, base)
  }

  /// Notes the ids inside the documents that came in since it was called last.
  private mutating func indexIDs() {
    for (root, base) in unindexed { indexIDs(root, base: base) }
    unindexed = []
  }

  private mutating func indexIDs(_ root: Location, base: String) {
    var pending = [(root.node, base)]
    let document = documents[root.document]
    while let (node, outer) = pending.popLast() {
      guard document.kind(node) == .object else { continue }
      var base = outer
      if document.member(node, "$ref") == nil,
        let id = document.member(node, "$id").flatMap({ document.string($0) })
      {
        let uri = URIReference(id).resolved(against: URIReference(outer))
        let location = Location(document: root.document, node: node)
        if let fragment = uri.fragment, !fragment.isEmpty {
          anchors[uri.withoutFragment + "#" + fragment] = location
        }
        if !id.hasPrefix("#") {
          base = uri.withoutFragment
          resources[base] = (location, base)
        }
      }
      document.forEachMember(node) { key, value in
        guard let keyword = document.string(key).flatMap({ Keyword.byName[$0] }) else { return }
        for child in Self.subschemas(of: keyword, value, in: document) {
          pending.append((child, base))
        }
      }
    }
  }

  private static func subschemas(
    of keyword: Keyword, _ value: JSONNode, in document: JSONDocument
  ) -> [JSONNode] {
    var found: [JSONNode] = []
    switch keyword.nesting {
    case .none: break
    case .schema: found.append(value)
    case .schemaOrList where document.kind(value) == .object: found.append(value)
    case .list, .schemaOrList: document.forEachElement(value) { found.append($0) }
    case .map: document.forEachMember(value) { found.append($1) }
    }
    return found
  }

  /// The base of references inside `node`: its own id if it has one.
  func base(of node: JSONNode, in document: JSONDocument, outer: String) -> String {
    guard document.kind(node) == .object, document.member(node, "$ref") == nil,
      let id = document.member(node, "$id").flatMap({ document.string($0) }), !id.hasPrefix("#")
    else { return outer }
    return URIReference(id).resolved(against: URIReference(outer)).withoutFragment
  }

  /// Finds what an absolute reference names, loading its document if need be; nil if nothing.
  mutating func locate(
    _ uri: URIReference
  ) throws(SchemaError) -> (Location, base: String)? {
    let name = uri.withoutFragment
    if resources[name] == nil {
      if let document = try document(name) {
        _ = add(document, id: name)
      } else {
        indexIDs()
      }
    }
    guard let (resource, base) = resources[name] else { return nil }
    let fragment = uri.decodedFragment
    if fragment.isEmpty { return (resource, base) }
    if !fragment.hasPrefix("/") {
      indexIDs()
      return anchors[name + "#" + fragment].map { ($0, base) }
    }
    return follow(fragment, from: resource, base: base)
  }

  private func document(_ id: String) throws(SchemaError) -> JSONDocument? {
    do throws(JSONError) {
      return try id == MetaSchema.id
        ? JSONDocument(parsing: Array(MetaSchema.text.utf8)) : load(id)
    } catch {
      throw SchemaError(error, in: id)
    }
  }

  private func follow(
    _ pointer: String, from start: Location, base: String
  ) -> (Location, base: String)? {
    let document = documents[start.document]
    var node = start.node
    var base = base
    for step in JSONDocument.steps(of: pointer) {
      var next: JSONNode?
      if document.kind(node) == .array, let wanted = Int(step), String(wanted) == step {
        var index = 0
        document.forEachElement(node) {
          if index == wanted { next = $0 }
          index += 1
        }
      } else {
        next = document.member(node, step)
      }
      guard let next else { return nil }
      node = next
      base = self.base(of: node, in: document, outer: base)
    }
    return (Location(document: start.document, node: node), base)
  }
}
