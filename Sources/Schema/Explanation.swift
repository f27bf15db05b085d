internal import JSON

/// Says in words what a breach is.
struct Explanation {
  private static let shortened = 60

  private let code: Code
  private let breach: Breach
  private let schema: JSONDocument
  /// The keyword's value in the schema.
  private let place: JSONNode

  init(_ code: Code, _ breach: Breach) {
    self.code = code
    self.breach = breach
    schema = code.documents[breach.document].document
    place =
      breach.keyword == .type
      ? schema.member(breach.place, "type") ?? breach.place : breach.place
  }

  func violation(in d: borrowing JSONDocument) -> Violation {
    let pointer = schema.pointer(to: place)
    let steps = pointer.split(separator: "/")
    let names = Keyword.allCases.map(\.name.description)
    let keyword = steps.map(String.init).last { names.contains($0) }
    let name = breach.keyword == .enum && steps.last == "const" ? "const" : nil
    return Violation(
      pointer: d.pointer(to: breach.node),
      keyword: name ?? breach.keyword?.name.description ?? keyword ?? "false",
      schemaPointer: breach.document == 0
        ? pointer : code.documents[breach.document].id + "#" + pointer,
      expected: expected(isConstant: name != nil), found: found(in: d))
  }

  private func found(in d: borrowing JSONDocument) -> String {
    if breach.missing != nil { return "no such member" }
    let text = String(decoding: d.compacted(breach.node), as: UTF8.self)
    guard text.count > Self.shortened else { return text }
    return text.prefix(Self.shortened - 1) + "…"
  }

  /// The keyword's value as it stands in the schema.
  private var value: String { text(place) }

  private func text(_ node: JSONNode) -> String {
    String(decoding: schema.compacted(node), as: UTF8.self)
  }

  private func plain(_ node: JSONNode) -> String { schema.string(node) ?? text(node) }

  private var missing: String {
    guard let name = breach.missing else { return "\"\"" }
    return "\"" + String(decoding: code.text[name.start..<name.end], as: UTF8.self) + "\""
  }

  private func expected(isConstant: Bool) -> String {
    switch breach.keyword {
    case .type: types
    case .enum: isConstant ? "the value \(value)" : "one of " + list(place)
    case .minimum: "at least \(value)"
    case .maximum: "at most \(value)"
    case .exclusiveMinimum: "more than \(value)"
    case .exclusiveMaximum: "less than \(value)"
    case .multipleOf: "a multiple of \(value)"
    case .minLength: "at least \(count("character"))"
    case .maxLength: "at most \(count("character"))"
    case .minItems: "at least \(count("element"))"
    case .maxItems: "at most \(count("element"))"
    case .minProperties: "at least \(count("member"))"
    case .maxProperties: "at most \(count("member"))"
    case .pattern: "text that matches \(plain(place))"
    case .format: "text of the format \(plain(place))"
    case .uniqueItems: "elements that differ"
    case .contains: "an element that matches the schema under contains"
    case .required: "a member \(missing)"
    case .dependencies: "a member \(missing), which another one asks for"
    case .additionalProperties: members
    case .anyOf: "a match of at least one of \(schema.count(place)) schemas"
    case .oneOf: "a match of exactly one of \(schema.count(place)) schemas"
    case .not: "no match of the schema under not"
    case .ref: "a schema that is applied in fewer steps"
    default: "nothing here"
    }
  }

  private func count(_ noun: String) -> String { "\(value) \(noun)\(value == "1" ? "" : "s")" }

  private func list(_ node: JSONNode) -> String {
    var items: [String] = []
    schema.forEachElement(node) { items.append(plain($0)) }
    return items.joined(separator: ", ")
  }

  private var types: String {
    let articles = [
      "null": "null", "boolean": "true or false", "array": "an array", "object": "an object",
      "integer": "an integer",
    ]
    var names: [String] = []
    if schema.kind(place) == .array {
      schema.forEachElement(place) { names.append(plain($0)) }
    } else {
      names.append(plain(place))
    }
    return names.map { articles[$0] ?? "a \($0)" }.joined(separator: " or ")
  }

  /// The members that a closed object may have.
  private var members: String {
    var keys: [String] = []
    var patterns: [String] = []
    // The keyword's value lies in the schema object whose other keywords name the members.
    for index in code.blocks.indices where code.blocks[index].document == breach.document {
      let node = code.blocks[index].node
      guard schema.member(node, "additionalProperties") == place else { continue }
      if let named = schema.member(node, "properties") {
        schema.forEachMember(named) { key, _ in keys.append(plain(key)) }
      }
      if let matched = schema.member(node, "patternProperties") {
        schema.forEachMember(matched) { key, _ in patterns.append(plain(key)) }
      }
      break
    }
    let choices = keys + patterns.map { "a key that matches \($0)" }
    return choices.isEmpty ? "no members" : "one of the members " + choices.joined(separator: ", ")
  }
}
