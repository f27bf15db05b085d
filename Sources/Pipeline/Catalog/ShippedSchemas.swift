package import JSON
internal import SchemaFiles
internal import Synchronization

/// The files of `schema/` by the names that people and references use.
package enum ShippedSchemas {
  private static let folders = ["", "uet/", "uet-extra/", "uetlog/"]

  /// What has been parsed, by place among the files: several readers look at the same few.
  private static let parsed = Mutex<[Parsed]>([])

  /// An object: for the runtime all arrays of objects are of one type, which is made already.
  private final class Parsed: Sendable {
    let index: Int
    let document: JSONDocument

    init(index: Int, document: JSONDocument) {
      self.index = index
      self.document = document
    }
  }

  /// The bytes behind a reference's id, such as `schema/patch_artifact.v1.json`.
  package static func bytes(id: String) -> [UInt8]? {
    index(id: id).map { SchemaFiles.bytes(at: $0) }
  }

  /// The document behind a reference's id, parsed once for each process.
  package static func document(id: String) throws(JSONError) -> JSONDocument? {
    guard let index = index(id: id) else { return nil }
    return try document(at: index)
  }

  static func document(at index: Int) throws(JSONError) -> JSONDocument {
    if let known = parsed.withLock({ $0.first { $0.index == index } }) { return known.document }
    let document = try JSONDocument(parsing: SchemaFiles.bytes(at: index))
    parsed.withLock { $0.append(Parsed(index: index, document: document)) }
    return document
  }

  /// References name files from the top, as the documents they describe always did; resolved
  /// against the id of the file they stand in they get its folders in front, which are dropped.
  private static func index(id: String) -> Int? {
    var rest = id.utf8[...]
    var path = rest
    while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
      let isTop = rest[..<slash].elementsEqual("schema".utf8)
      rest = rest[rest.index(after: slash)...]
      if isTop { path = rest }
    }
    let name = String(Substring(path))
    for folder in folders {
      if let index = SchemaFiles.index(ofPath: folder + name) { return index }
    }
    return nil
  }

  /// The id of a shipped schema that is named by event type, document name or path; nil when
  /// there is none.
  package static func id(named name: String) -> String? {
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
  package static var paths: [String] {
    (0..<SchemaFiles.count).map { SchemaFiles.name(at: $0) }
  }
}
