internal import JSON

extension Compilation {
  mutating func compile(
    arrays found: Members, _ scope: Scope
  ) throws(SchemaError) {
    let document = document(scope)
    if let node = found[.minItems] { add(.minItems, .array, try size(node, scope), at: node) }
    if let node = found[.maxItems] { add(.maxItems, .array, try size(node, scope), at: node) }
    if let node = found[.items] {
      if document.kind(node) == .array {
        let start = try children(ofList: node, scope).lowerBound
        let rest = code.children.count
        code.children.append(-1)
        if let additional = found[.additionalItems] {
          code.children[rest] = try child(additional, of: scope)
        }
        add(.tuple, .array, start, rest, at: node)
      } else {
        add(.items, .array, try child(node, of: scope), at: node)
      }
    }
    if found[.items].map({ document.kind($0) != .array }) ?? true,
      let unused = found[.additionalItems]
    {
      _ = try child(unused, of: scope)
    }
    if let node = found[.contains] { add(.contains, .array, try child(node, of: scope), at: node) }
    if let node = found[.uniqueItems] {
      guard let unique = document.bool(node) else {
        throw error("expected true or false", scope, at: node)
      }
      if unique { add(.uniqueItems, .array, at: node) }
    }
  }

  mutating func compile(
    objects found: Members, _ scope: Scope
  ) throws(SchemaError) {
    if let node = found[.minProperties] {
      add(.minProperties, .object, try size(node, scope), at: node)
    }
    if let node = found[.maxProperties] {
      add(.maxProperties, .object, try size(node, scope), at: node)
    }
    let shape: [Keyword] = [.properties, .patternProperties, .additionalProperties, .required]
    if shape.contains(where: { found[$0] != nil }) { try compile(rule: found, scope) }
    if let node = found[.propertyNames] {
      add(.propertyNames, .object, try child(node, of: scope), at: node)
    }
    if let node = found[.dependencies] { try compile(dependencies: node, scope) }
  }

  private mutating func compile(
    rule found: Members, _ scope: Scope
  ) throws(SchemaError) {
    let document = document(scope)
    var rule = ObjectRule()
    var entries: [Entry] = []
    if let node = found[.properties] {
      for (key, value) in try members(ofMap: node, scope) {
        let block = try child(value, of: scope)
        let name = code.name(document.stringBytes(key) ?? [])
        entries.append(Entry(name: name, block: block, isDeclared: true))
      }
    }
    if let node = found[.required] {
      rule.requiredPlace = node
      for (count, bytes) in try keys(node, scope).enumerated() {
        guard count < 64 else {
          code.names.append(code.name(bytes))
          add(.required, .object, code.names.count - 1, code.names.count, at: node)
          continue
        }
        let known = entries.firstIndex { code.matches($0.name, bytes) }
        let index = known ?? entries.count
        if known == nil { entries.append(Entry(name: code.name(bytes))) }
        entries[index].bit = 1 << UInt64(count)
        rule.required |= entries[index].bit
      }
    }
    if let node = found[.patternProperties] {
      let start = code.patternEntries.count
      for (key, value) in try members(ofMap: node, scope) {
        let block = try child(value, of: scope)
        code.patternEntries.append((try pattern(key, of: scope), block))
      }
      rule.patterns = start..<code.patternEntries.count
    }
    if let node = found[.additionalProperties] {
      rule.additionalPlace = node
      let isClosed = document.bool(node) == false
      rule.additional = isClosed ? ObjectRule.forbidden : try child(node, of: scope)
    }
    rule.entries = code.entries.count
    rule.names = NameTable(entries[...], text: code.text, slots: &code.slots)
    code.entries += entries
    code.objects.append(rule)
    add(.object, .object, code.objects.count - 1, at: scope.location.node)
  }

  /// The strings of an array of distinct keys.
  private func keys(_ node: JSONNode, _ scope: Scope) throws(SchemaError) -> [[UInt8]] {
    let document = document(scope)
    guard document.kind(node) == .array else {
      throw error("expected an array of keys", scope, at: node)
    }
    guard JSONEquality.elementsDiffer(in: document, node) else {
      throw error("expected keys, each once", scope, at: node)
    }
    var keys: [[UInt8]] = []
    for element in elements(node, scope) {
      guard let key = document.stringBytes(element) else {
        throw error("expected a key in a string", scope, at: element)
      }
      keys.append(key)
    }
    return keys
  }

  private mutating func compile(dependencies node: JSONNode, _ scope: Scope) throws(SchemaError) {
    let document = document(scope)
    guard document.kind(node) == .object else {
      throw error("expected an object of schemas or of arrays of keys", scope, at: node)
    }
    let start = code.dependencies.count
    for (key, value) in document.members(node) {
      var dependency = Dependency(name: code.name(document.stringBytes(key) ?? []))
      if document.kind(value) == .array {
        let first = code.names.count
        for bytes in try keys(value, scope) { code.names.append(code.name(bytes)) }
        dependency.keys = first..<code.names.count
      } else {
        dependency.block = try child(value, of: scope)
      }
      code.dependencies.append(dependency)
    }
    add(.dependencies, .object, start, code.dependencies.count, at: node)
  }

  mutating func compile(
    combinations found: Members, _ scope: Scope
  ) throws(SchemaError) {
    let lists: [(Keyword, Instruction.Operation)] = [
      (.allOf, .allOf), (.anyOf, .anyOf), (.oneOf, .oneOf),
    ]
    for (keyword, operation) in lists {
      guard let node = found[keyword] else { continue }
      let range = try children(ofList: node, scope)
      guard !range.isEmpty else {
        throw error("expected an array of at least one schema", scope, at: node)
      }
      add(operation, .all, range.lowerBound, range.upperBound, at: node)
    }
    if let node = found[.not] { add(.not, .all, try child(node, of: scope), at: node) }
    var parts: [Int] = []
    for keyword in [Keyword.if, .then, .else] {
      if let node = found[keyword] {
        parts.append(try child(node, of: scope))
      } else {
        parts.append(-1)
      }
    }
    guard let node = found[.if], parts[1] >= 0 || parts[2] >= 0 else { return }
    code.children += parts
    add(.conditional, .all, code.children.count - 3, at: node)
  }
}
