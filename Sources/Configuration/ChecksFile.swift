package import Checks
package import Events
internal import JSON
internal import Pipeline
internal import Schema
internal import SchemaFiles

/// The list of checks that are run over a work tree after a patch was applied to it.
package struct ChecksFile: Sendable {
  /// In the order in which they run.
  package let checks: [Check]
  /// The name of the file, for messages.
  package let name: String

  package static let fileName = "checks.json"
  private static let schemaName = "checks.schema.json"

  /// The checks of a file that was named, of the nearest `config/checks.json`, or those that ship.
  ///
  /// The nearest is that of the user's own directory, never that of the work tree with the patch:
  /// a patch does not choose its own checks. A file that is broken or can't be read is an error
  /// with its place.
  package static func read(
    flag path: String? = nil, _ here: Surroundings
  ) throws(LogError) -> ChecksFile {
    if let path {
      guard let bytes = try Settings.contents(here.absolute(path)) else {
        throw LogError(.notFound, "there is no file \(path)")
      }
      return try ChecksFile(bytes, path)
    }
    if let file = try Settings.nearest(fileName, Settings.configFolders(here)) {
      return try ChecksFile(file.bytes, file.path)
    }
    return try ChecksFile(try shipped(fileName), "shipped " + fileName)
  }

  private init(_ bytes: [UInt8], _ path: String) throws(LogError) {
    name = path
    let schema = try Catalog.compile(try Self.schema(), id: "config/" + Self.schemaName)
    let document = try ConfigDocument.document(
      bytes, path, keeping: schema, what: "list of checks", hint: Self.hint)
    do throws(CheckError) { checks = try CheckReader.checks(in: document) } catch {
      throw ConfigDocument.wrong(
        "\(path): \(error.message)", at: error.pointer, in: document, hint: Self.hint)
    }
  }

  private static let hint = "uetlog patch checks --schema"

  /// The schema of such files, as JSON.
  package static func schema() throws(LogError) -> [UInt8] { try shipped(schemaName) }

  private static func shipped(_ name: String) throws(LogError) -> [UInt8] {
    guard let index = ConfigFiles.index(ofPath: name) else {
      throw LogError(.system, "\(name) is not part of this program")
    }
    return ConfigFiles.bytes(at: index)
  }
}
