internal import JSON
internal import Patterns

/// Kinds of values as bits.
struct KindSet: OptionSet, Hashable, Sendable {
  var rawValue: UInt8

  static let null = Self(rawValue: 1)
  static let bool = Self(rawValue: 2)
  static let number = Self(rawValue: 4)
  static let string = Self(rawValue: 8)
  static let array = Self(rawValue: 16)
  static let object = Self(rawValue: 32)
  /// Numbers without a fraction: never a value's kind, only a schema's wish.
  static let integer = Self(rawValue: 64)
  static let all = Self(rawValue: 63)

  @inline(__always)
  init(rawValue: UInt8) { self.rawValue = rawValue }

  @inline(__always)
  init(_ kind: JSONKind) { rawValue = 1 << kind.rawValue }
}

/// What one keyword, or a few that work together, asks for.
struct Instruction: Sendable {
  enum Operation: UInt8, Sendable {
    case never, type, reference, constant, strings
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
    case minLength, maxLength, pattern, format
    case items, tuple, minItems, maxItems, uniqueItems, contains
    case object, required, propertyNames, minProperties, maxProperties, dependencies
    case allOf, anyOf, oneOf, not, conditional
  }

  var operation: Operation
  /// The kinds that it has something to say about.
  var kinds: KindSet
  /// Operands: a number, an index or a range of indices.
  var first: Int = 0
  var last: Int = 0
  /// The keyword's value in the schema's document.
  var place: JSONNode
}

/// A compiled subschema: a stretch of instructions.
struct Block: Sendable {
  var document: Int
  var node: JSONNode
  var types: KindSet = .all
  var start = 0
  var end = 0
}

/// A stretch of the program's text.
struct Name: Hashable, Sendable {
  var start: Int
  var end: Int
}

/// What an object's keys and their values must be.
struct ObjectRule: Sendable {
  static let anything = -1
  static let forbidden = -2

  var names = NameTable()
  var entries = 0
  /// The bits of the keys that must be there.
  var required: UInt64 = 0
  var patterns = 0..<0
  /// The block for members that nothing else names, or one of the constants above.
  var additional = Self.anything
  /// The keywords' values, for messages.
  var requiredPlace: JSONNode?
  var additionalPlace: JSONNode?
}

/// What is said about one key.
struct Entry: Sendable {
  var name: Name
  /// The value's block, or -1.
  var block = -1
  /// Whether `properties` has it, so that it isn't additional.
  var isDeclared = false
  /// Its bit if it is required.
  var bit: UInt64 = 0
}

/// A limit for numbers, exact and, if it is a small integer, quick.
struct Bound: Sendable {
  var exact: JSONNumber
  var small: Int64?
}

/// What follows from the presence of a key.
struct Dependency: Sendable {
  var name: Name
  /// The block for the whole object, or -1.
  var block = -1
  /// The keys that must be there, as a range of the program's names.
  var keys = 0..<0
}

/// Everything compiled, in flat arrays.
struct Code: Sendable {
  var blocks: [Block] = []
  var instructions: [Instruction] = []
  var children: [Int] = []
  var constants: [(document: Int, node: JSONNode)] = []
  var bounds: [Bound] = []
  var patterns: [Pattern] = []
  var objects: [ObjectRule] = []
  var entries: [Entry] = []
  var slots: [Int] = []
  var patternEntries: [(pattern: Int, block: Int)] = []
  var names: [Name] = []
  var dependencies: [Dependency] = []
  var text: [UInt8] = []
  /// The documents that the code came from.
  var documents: [SchemaDocument] = []

  mutating func name(_ bytes: [UInt8]) -> Name {
    let start = text.count
    text += bytes
    return Name(start: start, end: text.count)
  }

  /// Whether a name has these bytes.
  func matches(_ name: Name, _ bytes: [UInt8]) -> Bool {
    text[name.start..<name.end].elementsEqual(bytes)
  }
}

/// Compiled code, shared by the copies of a schema.
final class Program: Sendable {
  let code: Code

  init(_ code: Code) { self.code = code }
}
