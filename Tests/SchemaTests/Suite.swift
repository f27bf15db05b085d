import Foundation
import JSON
import Schema

/// The official JSON Schema test suite as Debian packages it.
enum Suite {
  static let folder = "/usr/share/json-schema-test-suite"

  struct Missing: Error, CustomStringConvertible {
    var description: String {
      "The JSON Schema test suite is not at \(Suite.folder): "
        + "run `apt-get install json-schema-test-suite`."
    }
  }

  struct Case {
    var name: String
    var schema: [UInt8]
    var document: JSONDocument
    var data: JSONNode
    var valid: Bool
  }

  static func bytes(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: folder + "/" + path).map { Array($0) }
  }

  /// The suite's remote documents, as if served at `http://localhost:1234/`.
  static func remote(_ id: String) throws(JSONError) -> JSONDocument? {
    let host = "http://localhost:1234/"
    guard id.hasPrefix(host), let bytes = bytes("remotes/" + id.dropFirst(host.count)) else {
      return nil
    }
    return try JSONDocument(parsing: bytes)
  }

  static func requiredFiles() throws -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder + "/tests/draft7")
    guard let names else { throw Missing() }
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }

  static func cases(_ file: String) throws -> [Case] {
    guard let bytes = bytes("tests/draft7/" + file) else { throw Missing() }
    let document = try JSONDocument(parsing: bytes)
    var cases: [Case] = []
    document.forEachElement(document.root) { group in
      guard let schema = document.member(group, "schema"),
        let tests = document.member(group, "tests")
      else { return }
      let title = document.member(group, "description").flatMap { document.string($0) } ?? ""
      document.forEachElement(tests) { test in
        let name = document.member(test, "description").flatMap { document.string($0) } ?? ""
        guard let data = document.member(test, "data"),
          let valid = document.member(test, "valid").flatMap({ document.bool($0) })
        else { return }
        cases.append(
          Case(
            name: "\(file): \(title): \(name)", schema: document.compacted(schema),
            document: document, data: data, valid: valid))
      }
    }
    return cases
  }
}
