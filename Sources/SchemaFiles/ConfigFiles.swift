/// The files of `config/`, minified and carried in the binary: the shipped defaults.
package enum ConfigFiles {
  /// How many files there are.
  package static var count: Int { embeddedCount }

  /// The path below `config/` of the file at `index`; names are sorted bytewise.
  package static func name(at index: Int) -> String { embeddedName(index) }

  /// The minified JSON of the file at `index`.
  package static func bytes(at index: Int) -> [UInt8] { copy(embeddedContent(index)) }

  /// The file with this path below `config/`, such as `pricing.json`.
  package static func index(ofPath path: String) -> Int? {
    position(of: path, count: embeddedCount, at: embeddedName)
  }
}
