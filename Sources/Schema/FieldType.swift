package import JSON

/// The kinds of JSON that a schema allows at a place; empty when it says nothing.
package struct FieldType: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package static let string = FieldType(rawValue: 1)
  package static let integer = FieldType(rawValue: 2)
  package static let number = FieldType(rawValue: 4)
  package static let boolean = FieldType(rawValue: 8)
  package static let null = FieldType(rawValue: 16)
  package static let object = FieldType(rawValue: 32)
  package static let array = FieldType(rawValue: 64)

  /// The step of a path that leads to an array's elements.
  package static let element = "[]"

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  // The library's own are generic: a process that lives shortly pays for each that it uses.

  package func contains(_ other: FieldType) -> Bool {
    rawValue & other.rawValue == other.rawValue
  }

  package func union(_ other: FieldType) -> FieldType {
    FieldType(rawValue: rawValue | other.rawValue)
  }

  package mutating func formUnion(_ other: FieldType) { self = union(other) }

  package var isEmpty: Bool { rawValue == 0 }

  /// The kind that a schema's `type` names.
  package init(name: String) {
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
  package init(_ document: JSONDocument, _ node: JSONNode) {
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
  package var isPlain: Bool {
    contains(.integer) || contains(.number) || contains(.boolean)
  }

  /// Whether it is an array and can't be text.
  package var isList: Bool { contains(.array) && !contains(.string) && !contains(.object) }
}
