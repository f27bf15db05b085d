internal import JSON

/// A subschema: a value of one of the registry's documents.
struct Location: Hashable {
  var document: Int
  var node: JSONNode
}

/// A subschema that has a name, and what references inside of it are resolved against.
struct Resource {
  var location: Location
  var base: String
}

/// A document of the registry.
struct SchemaDocument {
  var document: JSONDocument
  /// What it was taken in under.
  var id: String
  /// Its id without a fragment, and that of its top.
  fileprivate var name: String
  fileprivate var base: String
  /// Whether the ids below its top are still to be looked for; most references need none of them.
  fileprivate var isUnindexed: Bool
}

/// The schema documents at hand and the names of what is in them.
struct Registry {
  private(set) var documents: [SchemaDocument] = []
  /// What has an id below the top of its document.
  private var inner: [String: Resource] = [:]
  private var anchors: [String: Location] = [:]
  private let load: SchemaCompiler.Load

  init(load: @escaping SchemaCompiler.Load) { self.load = load }

  /// Takes a document in under an absolute id.
  mutating func add(_ document: JSONDocument, id: String) -> Resource {
    let name = URIReference(id).withoutFragment
    let base = base(of: document.root, in: document, outer: name)
    documents.append(
      SchemaDocument(
        document: document, id: id, name: name, base: base,
        isUnindexed: Self.mayHaveInnerIDs(document)))
    return top(of: documents.count - 1)
  }

  private func top(of index: Int) -> Resource {
    Resource(
      location: Location(document: index, node: documents[index].document.root),
      base: documents[index].base)
  }

  /// Whether something below the top of a document may have an id: most have none, and walking
  /// through one takes longer than looking for the letters.
  private static func mayHaveInnerIDs(_ document: JSONDocument) -> Bool {
    var found = document.member(document.root, "$id") == nil ? 0 : -1
    let bytes = document.bytes
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "$") where bytes[index...].starts(with: "$id\"".utf8): found += 1
      // Somebody may have written the key with escapes.
      case UInt8(ascii: "\\"): return true
      default: continue
      }
    }
    return found > 0
  }

  /// Notes the ids inside the documents that came in since it was called last.
  private mutating func indexIDs() {
    for index in documents.indices where documents[index].isUnindexed {
      documents[index].isUnindexed = false
      indexIDs(index)
    }
  }

  private mutating func indexIDs(_ index: Int) {
    let document = documents[index].document
    var pending = [(document.root, documents[index].name)]
    while let (node, outer) = pending.popLast() {
      guard document.kind(node) == .object else { continue }
      var base = outer
      if document.member(node, "$ref") == nil,
        let id = document.member(node, "$id").flatMap({ document.string($0) })
      {
        let uri = URIReference(id).resolved(against: URIReference(outer))
        let location = Location(document: index, node: node)
        if let fragment = uri.fragment, !fragment.isEmpty {
          anchors[uri.withoutFragment + "#" + fragment] = location
        }
        if !id.hasPrefix("#") {
          base = uri.withoutFragment
          inner[base] = Resource(location: location, base: base)
        }
      }
      document.forEachMember(node) { key, value in
        guard let keyword = Keyword(key, in: document) else { return }
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
  mutating func locate(_ uri: URIReference) throws(SchemaError) -> Resource? {
    let name = uri.withoutFragment
    guard let resource = try resource(name) else { return nil }
    let fragment = uri.decodedFragment
    if fragment.isEmpty { return resource }
    if !fragment.hasPrefix("/") {
      indexIDs()
      return anchors[name + "#" + fragment].map { Resource(location: $0, base: resource.base) }
    }
    return follow(fragment, from: resource)
  }

  /// What has a name: a document, something inside of one, or a document that is loaded now.
  private mutating func resource(_ name: String) throws(SchemaError) -> Resource? {
    let known = documents.firstIndex { $0.name == name || $0.base == name }
    if let known { return top(of: known) }
    indexIDs()
    if let found = inner[name] { return found }
    return try document(name).map { add($0, id: name) }
  }

  private func document(_ id: String) throws(SchemaError) -> JSONDocument? {
    do throws(JSONError) {
      return try id == MetaSchema.id
        ? JSONDocument(parsing: Array(MetaSchema.text.utf8)) : load(id)
    } catch {
      throw SchemaError(error, in: id)
    }
  }

  private func follow(_ pointer: String, from start: Resource) -> Resource? {
    let document = documents[start.location.document].document
    var found = start
    for step in JSONDocument.steps(of: pointer) {
      let node = found.location.node
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
      found.location.node = next
      found.base = base(of: next, in: document, outer: found.base)
    }
    return found
  }
}
