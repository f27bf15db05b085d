internal import JSON
internal import Patterns

extension Compilation {
  private static let types: [(name: String, set: KindSet)] = [
    ("null", .null), ("boolean", .bool), ("number", [.number, .integer]), ("string", .string),
    ("array", .array), ("object", .object), ("integer", .integer),
  ]

  func types(_ node: JSONNode, _ scope: Scope) throws(SchemaError) -> KindSet {
    let document = document(scope)
    let isList = document.kind(node) == .array
    var set: KindSet = []
    for name in isList ? elements(node, scope) : [node] {
      guard let type = Self.types.first(where: { document.equals(name, $0.name) }) else {
        throw error(
          "expected one of " + Self.types.map(\.name).joined(separator: ", "), scope, at: name)
      }
      set.formUnion(type.set)
    }
    guard !set.isEmpty else { throw error("expected at least one type", scope, at: node) }
    return set
  }

  /// The value of a keyword that counts something.
  func size(_ node: JSONNode, _ scope: Scope) throws(SchemaError) -> Int {
    guard let number = document(scope).number(node), number.isInteger, !number.isNegative else {
      throw error("expected a non-negative integer", scope, at: node)
    }
    return Int(number.int64 ?? Int64.max)
  }

  private func number(_ node: JSONNode, _ scope: Scope) throws(SchemaError) -> JSONNumber {
    guard let number = document(scope).number(node) else {
      throw error("expected a number", scope, at: node)
    }
    return number
  }

  mutating func compile(
    scalars found: Members, _ scope: Scope
  ) throws(SchemaError) {
    if let node = found[.const] {
      code.constants.append((scope.location.document, node))
      add(.constant, .all, code.constants.count - 1, code.constants.count, at: node)
    }
    if let node = found[.enum] { try compile(enumeration: node, scope) }
    let limits: [(Keyword, Instruction.Operation)] = [
      (.minimum, .minimum), (.maximum, .maximum), (.exclusiveMinimum, .exclusiveMinimum),
      (.exclusiveMaximum, .exclusiveMaximum), (.multipleOf, .multipleOf),
    ]
    for (keyword, operation) in limits {
      guard let node = found[keyword] else { continue }
      let exact = try number(node, scope)
      if operation == .multipleOf, exact.isZero || exact.isNegative {
        throw error("expected a number above zero", scope, at: node)
      }
      code.bounds.append(Bound(exact: exact, small: exact.int64))
      add(operation, .number, code.bounds.count - 1, at: node)
    }
    if let node = found[.minLength] { add(.minLength, .string, try size(node, scope), at: node) }
    if let node = found[.maxLength] { add(.maxLength, .string, try size(node, scope), at: node) }
    if let node = found[.pattern] { add(.pattern, .string, try pattern(node, of: scope), at: node) }
    if let node = found[.format] { try compile(format: node, scope) }
  }

  private mutating func compile(enumeration node: JSONNode, _ scope: Scope) throws(SchemaError) {
    let document = document(scope)
    let values = elements(node, scope)
    guard document.kind(node) == .array, !values.isEmpty else {
      throw error("expected an array of at least one value", scope, at: node)
    }
    guard values.allSatisfy({ document.kind($0) == .string }) else {
      let start = code.constants.count
      for value in values { code.constants.append((scope.location.document, value)) }
      return add(.constant, .all, start, code.constants.count, at: node)
    }
    let start = code.names.count
    for value in values { code.names.append(code.name(document.stringBytes(value) ?? [])) }
    add(.strings, .all, start, code.names.count, at: node)
  }

  private mutating func compile(format node: JSONNode, _ scope: Scope) throws(SchemaError) {
    guard let name = document(scope).string(node) else {
      throw error("expected the name of a format", scope, at: node)
    }
    if let format = Format(rawValue: name) {
      if assertsFormats { add(.format, .string, format.number, at: node) }
    } else if refusesUnknown, !Format.annotations.contains(name) {
      throw error("expected a format of draft-07, found \"\(name)\"", scope, at: node)
    }
  }
}
