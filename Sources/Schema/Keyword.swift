internal import JSON

/// The keywords of draft-07 that have a meaning here.
enum Keyword: UInt8, CaseIterable {
  case ref, id, schema
  case definitions, type, `enum`, const
  case multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum
  case minLength, maxLength, pattern, format
  case items, additionalItems, minItems, maxItems, uniqueItems, contains
  case properties, patternProperties, additionalProperties, required, propertyNames
  case minProperties, maxProperties, dependencies
  case allOf, anyOf, oneOf, not
  case `if`, then, `else`

  /// The keyword as schemas write it.
  var name: StaticString {
    switch self {
    case .ref: "$ref"
    case .id: "$id"
    case .schema: "$schema"
    case .definitions: "definitions"
    case .type: "type"
    case .enum: "enum"
    case .const: "const"
    case .multipleOf: "multipleOf"
    case .minimum: "minimum"
    case .maximum: "maximum"
    case .exclusiveMinimum: "exclusiveMinimum"
    case .exclusiveMaximum: "exclusiveMaximum"
    case .minLength: "minLength"
    case .maxLength: "maxLength"
    case .pattern: "pattern"
    case .format: "format"
    case .items: "items"
    case .additionalItems: "additionalItems"
    case .minItems: "minItems"
    case .maxItems: "maxItems"
    case .uniqueItems: "uniqueItems"
    case .contains: "contains"
    case .properties: "properties"
    case .patternProperties: "patternProperties"
    case .additionalProperties: "additionalProperties"
    case .required: "required"
    case .propertyNames: "propertyNames"
    case .minProperties: "minProperties"
    case .maxProperties: "maxProperties"
    case .dependencies: "dependencies"
    case .allOf: "allOf"
    case .anyOf: "anyOf"
    case .oneOf: "oneOf"
    case .not: "not"
    case .if: "if"
    case .then: "then"
    case .else: "else"
    }
  }

  /// The keyword that a member's key is; nil for any other key.
  ///
  /// By looking at each: a table of them takes longer to fill than an append has keys to look up.
  init?(_ key: JSONNode, in document: JSONDocument) {
    var number: UInt8 = 0
    while let keyword = Keyword(rawValue: number) {
      if document.equals(key, keyword.name) {
        self = keyword
        return
      }
      number += 1
    }
    return nil
  }

  /// Keywords that say something to readers and nothing about validity.
  static func isAnnotation(_ name: String) -> Bool {
    switch name {
    case "title", "description", "default", "examples", "$comment", "readOnly", "writeOnly",
      "contentMediaType", "contentEncoding":
      true
    default: name.hasPrefix("x-")
    }
  }

  /// How the value of a keyword holds subschemas.
  enum Nesting { case none, schema, list, map, schemaOrList }

  var nesting: Nesting {
    switch self {
    case .additionalItems, .contains, .additionalProperties, .propertyNames, .not, .if, .then,
      .else:
      .schema
    case .allOf, .anyOf, .oneOf: .list
    case .definitions, .properties, .patternProperties, .dependencies: .map
    case .items: .schemaOrList
    default: .none
    }
  }
}
