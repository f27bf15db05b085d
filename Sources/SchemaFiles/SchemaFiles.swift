/// The files of `schema/` (without the examples), minified and carried in the binary.
///
/// The table is made of literals: it costs nothing until a file is asked for.
package enum SchemaFiles {
  /// How many files there are.
  package static var count: Int { embeddedCount }

  /// The path below `schema/` of the file at `index`; names are sorted bytewise.
  package static func name(at index: Int) -> String { embeddedName(index) }

  /// The minified JSON of the file at `index`.
  package static func bytes(at index: Int) -> [UInt8] { copy(embeddedContent(index)) }

  /// The file that describes events of this type, in its newest version.
  package static func index(ofEvent type: String) -> Int? {
    position(of: type, count: embeddedEventCount, at: embeddedEventType).map(embeddedEventFile)
  }

  /// The file with this path below `schema/`, such as `uet/patch_artifact.v1.json`.
  package static func index(ofPath path: String) -> Int? {
    position(of: path, count: embeddedCount, at: embeddedName)
  }

  /// How many event types have a file.
  package static var eventCount: Int { embeddedEventCount }

  /// The event type at `rank` among all types, sorted bytewise.
  package static func eventType(at rank: Int) -> String { embeddedEventType(rank) }
}
