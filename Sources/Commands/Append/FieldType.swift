internal import JSON

/// The kinds of JSON that a schema allows at a place; empty when it says nothing.
struct FieldType: OptionSet, Hashable {
  let rawValue: UInt8

  static let string = FieldType(rawValue: 1)
  static let integer = FieldType(rawValue: 2)
  static let number = FieldType(rawValue: 4)
  static let boolean = FieldType(rawValue: 8)
  static let null = FieldType(rawValue: 16)
  static let object = FieldType(rawValue: 32)
  static let array = FieldType(rawValue: 64)

  /// The step of a path that leads to an array's elements.
  static let element = "[]"

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The kind that a schema's `type` names.
  init(name: String) {
    switch name {
    case "string": self = .string
    case "integer": self = .integer
    case "number": self = [.number, .integer]
    case "boolean": self = .boolean
    case "null": self = .null
    case "object": self = .object
    case "array": self = .array
    default: self = []
    }
  }

  /// The kind of a value.
  init(_ document: JSONDocument, _ node: JSONNode) {
    switch document.kind(node) {
    case .string: self = .string
    case .number: self = document.isInteger(node) ? .integer : .number
    case .bool: self = .boolean
    case .null: self = .null
    case .array: self = .array
    case .object: self = .object
    }
  }

  /// Whether it is a number or truth value.
  var isPlain: Bool { !isDisjoint(with: [.integer, .number, .boolean]) }

  /// Whether it is an array and can't be text.
  var isList: Bool { contains(.array) && !contains(.string) && !contains(.object) }
}
