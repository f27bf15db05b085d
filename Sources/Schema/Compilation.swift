internal import JSON
internal import Patterns

/// Turns schema documents into a program, one subschema after the other.
struct Compilation {
  /// The subschema that is being compiled.
  typealias Scope = Resource

  let refusesUnknown: Bool
  let assertsFormats: Bool
  var code = Code()
  private(set) var registry: Registry
  /// The block of each node of each document; -1 where there is none yet.
  private var blocks: [[Int]] = []
  /// What the references of each block are resolved against.
  private var bases: [String] = []
  private var patterns: [String: Int] = [:]

  init(_ registry: Registry, refusesUnknown: Bool, assertsFormats: Bool) {
    self.registry = registry
    self.refusesUnknown = refusesUnknown
    self.assertsFormats = assertsFormats
  }

  mutating func run(_ document: JSONDocument, id: String) throws(SchemaError) -> Program {
    let scope = registry.add(document, id: id)
    try requireSchema(scope.location.node, scope)
    _ = block(at: scope)
    var next = 0
    while next < bases.count {
      try compile(self.scope(of: next), into: next)
      next += 1
    }
    if let loop = Loops.find(in: code) {
      throw error(
        "expected the schema to end, found that it refers to itself in a circle",
        self.scope(of: loop))
    }
    code.documents = registry.documents
    return Program(code)
  }

  private func scope(of block: Int) -> Scope {
    let place = code.blocks[block]
    return Scope(
      location: Location(document: place.document, node: place.node), base: bases[block])
  }

  func document(_ scope: Scope) -> JSONDocument {
    registry.documents[scope.location.document].document
  }

  func error(_ message: String, _ scope: Scope, at node: JSONNode? = nil) -> SchemaError {
    SchemaError(
      message: message, pointer: document(scope).pointer(to: node ?? scope.location.node),
      schemaID: registry.documents[scope.location.document].id)
  }

  private mutating func block(at scope: Scope) -> Int {
    let (document, node) = (scope.location.document, scope.location.node.index)
    while blocks.count <= document { blocks.append([]) }
    while blocks[document].count <= node { blocks[document].append(-1) }
    if blocks[document][node] >= 0 { return blocks[document][node] }
    blocks[document][node] = bases.count
    bases.append(scope.base)
    code.blocks.append(Block(document: scope.location.document, node: scope.location.node))
    return bases.count - 1
  }

  /// The block of a subschema, which is compiled later.
  mutating func child(_ node: JSONNode, of scope: Scope) throws(SchemaError) -> Int {
    try requireSchema(node, scope)
    return block(
      at: Scope(
        location: Location(document: scope.location.document, node: node),
        base: registry.base(of: node, in: document(scope), outer: scope.base)))
  }

  private func requireSchema(_ node: JSONNode, _ scope: Scope) throws(SchemaError) {
    let kind = document(scope).kind(node)
    guard kind == .object || kind == .bool else {
      throw error("expected a schema: an object, true or false", scope, at: node)
    }
  }

  mutating func pattern(_ node: JSONNode, of scope: Scope) throws(SchemaError) -> Int {
    guard let source = document(scope).string(node) else {
      throw error("expected a regular expression in a string", scope, at: node)
    }
    if let known = patterns[source] { return known }
    do throws(PatternError) {
      code.patterns.append(try Pattern(source))
    } catch {
      throw self.error("expected a regular expression, found \(error)", scope, at: node)
    }
    patterns[source] = code.patterns.count - 1
    return code.patterns.count - 1
  }

  mutating func add(
    _ operation: Instruction.Operation, _ kinds: KindSet, _ first: Int = 0, _ last: Int = 0,
    at place: JSONNode
  ) {
    code.instructions.append(
      Instruction(operation: operation, kinds: kinds, first: first, last: last, place: place))
  }

  private mutating func compile(_ scope: Scope, into index: Int) throws(SchemaError) {
    let document = document(scope)
    let node = scope.location.node
    code.blocks[index].start = code.instructions.count
    if document.kind(node) == .object {
      if let reference = document.member(node, "$ref") {
        try compile(reference: reference, scope)
        if refusesUnknown, let definitions = document.member(node, "definitions") {
          try compile(definitions: definitions, scope)
        }
      } else {
        code.blocks[index].types = try compile(members: scope)
      }
    } else if document.bool(node) == false {
      add(.never, .all, at: node)
    }
    code.blocks[index].end = code.instructions.count
  }

  private mutating func compile(
    reference node: JSONNode, _ scope: Scope
  ) throws(SchemaError) {
    guard let text = document(scope).string(node) else {
      throw error("expected a URI reference in a string", scope, at: node)
    }
    let uri = URIReference(text).resolved(against: URIReference(scope.base))
    guard let target = try registry.locate(uri) else {
      throw error("expected a schema that exists, found a reference to \(text)", scope, at: node)
    }
    let kind = self.document(target).kind(target.location.node)
    guard kind == .object || kind == .bool else {
      throw error("expected a schema, found a reference to another value", scope, at: node)
    }
    add(.reference, .all, block(at: target), at: node)
  }

  /// Compiles the keywords of a schema object, the cheap ones first, and returns its types.
  private mutating func compile(members scope: Scope) throws(SchemaError) -> KindSet {
    let document = document(scope)
    var found = Members()
    var unknown: JSONNode?
    document.forEachMember(scope.location.node) { key, value in
      if let keyword = Keyword(key, in: document) {
        found[keyword] = value
      } else if unknown == nil, !Keyword.isAnnotation(document.string(key) ?? "") {
        unknown = key
      }
    }
    if refusesUnknown, let unknown {
      let name = document.string(unknown) ?? ""
      throw error("expected a keyword of draft-07, found \"\(name)\"", scope, at: unknown)
    }
    try check(header: found, scope)
    var types = KindSet.all
    if let node = found[.type] { types = try self.types(node, scope) }
    try compile(scalars: found, scope)
    try compile(arrays: found, scope)
    try compile(objects: found, scope)
    try compile(combinations: found, scope)
    return types
  }

  private mutating func check(
    header found: Members, _ scope: Scope
  ) throws(SchemaError) {
    let document = document(scope)
    if refusesUnknown, let node = found[.schema] {
      let dialect = document.string(node).map { URIReference($0).withoutFragment }
      guard dialect == MetaSchema.id else {
        throw error("expected \"\(MetaSchema.id)#\"", scope, at: node)
      }
    }
    if let node = found[.id], document.kind(node) != .string {
      throw error("expected a URI reference in a string", scope, at: node)
    }
    if refusesUnknown, let definitions = found[.definitions] {
      try compile(definitions: definitions, scope)
    }
  }

  /// Compiles what may be referred to and is in force nowhere by itself.
  private mutating func compile(
    definitions node: JSONNode, _ scope: Scope
  ) throws(SchemaError) {
    for (_, value) in try members(ofMap: node, scope) { _ = try child(value, of: scope) }
  }

  /// The members of an object whose values are schemas.
  func members(ofMap node: JSONNode, _ scope: Scope) throws(SchemaError) -> JSONMembers {
    let document = document(scope)
    guard document.kind(node) == .object else {
      throw error("expected an object of schemas", scope, at: node)
    }
    return document.members(node)
  }

  /// Appends the blocks of an array of schemas and returns their range.
  mutating func children(
    ofList node: JSONNode, _ scope: Scope
  ) throws(SchemaError) -> Range<Int> {
    let start = code.children.count
    for element in elements(node, scope) { code.children.append(try child(element, of: scope)) }
    return start..<code.children.count
  }

  func elements(_ node: JSONNode, _ scope: Scope) -> [JSONNode] {
    var elements: [JSONNode] = []
    document(scope).forEachElement(node) { elements.append($0) }
    return elements
  }
}
