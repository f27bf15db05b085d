internal import SchemaFiles

/// The files of `schema/` by the names that people and references use.
enum ShippedSchemas {
  private static let folders = ["", "uet/", "uet-extra/", "uetlog/"]

  /// The bytes behind a reference's id, such as `schema/patch_artifact.v1.json`.
  static func bytes(id: String) -> [UInt8]? {
    let path = id.hasPrefix("schema/") ? String(id.dropFirst(7)) : id
    for folder in folders {
      if let index = SchemaFiles.index(ofPath: folder + path) {
        return SchemaFiles.bytes(at: index)
      }
    }
    return nil
  }

  /// The id of a shipped schema that is named by event type, document name or path; nil when
  /// there is none.
  static func id(named name: String) -> String? {
    if let index = SchemaFiles.index(ofEvent: name) {
      return "schema/" + SchemaFiles.name(at: index)
    }
    let path = name.hasPrefix("schema/") ? String(name.dropFirst(7)) : name
    for folder in folders {
      for candidate in [folder + path, folder + path + ".json", folder + path + ".v1.json"] {
        if SchemaFiles.index(ofPath: candidate) != nil { return "schema/" + candidate }
      }
    }
    return nil
  }

  /// The paths of all shipped schemas, sorted.
  static var paths: [String] { (0..<SchemaFiles.count).map { SchemaFiles.name(at: $0) } }
}
