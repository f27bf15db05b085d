/// The keywords of draft-07 that have a meaning here.
enum Keyword: String, CaseIterable {
  case ref = "$ref"
  case id = "$id"
  case schema = "$schema"
  case definitions, type, `enum`, const
  case multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum
  case minLength, maxLength, pattern, format
  case items, additionalItems, minItems, maxItems, uniqueItems, contains
  case properties, patternProperties, additionalProperties, required, propertyNames
  case minProperties, maxProperties, dependencies
  case allOf, anyOf, oneOf, not
  case `if`, then, `else`

  static let byName: [String: Keyword] = {
    var keywords: [String: Keyword] = [:]
    keywords.reserveCapacity(allCases.count)
    for keyword in allCases { keywords[keyword.rawValue] = keyword }
    return keywords
  }()

  /// Keywords that say something to readers and nothing about validity.
  static func isAnnotation(_ name: String) -> Bool {
    switch name {
    case "title", "description", "default", "examples", "$comment", "readOnly", "writeOnly",
      "contentMediaType", "contentEncoding":
      true
    default: false
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
