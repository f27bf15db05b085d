package import Events
package import Pipeline

extension CatalogMark {
  /// Where a log keeps it.
  package static var key: String { "catalog" }

  /// Makes sure, inside a write transaction, that this program may judge what is written.
  ///
  /// A log of an older program becomes one of this program's; a newer program's log is refused,
  /// also to a program that had it open before. Nobody decides by rules that the log has left.
  package func claim(
    _ tables: inout some LogWriter & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard let bytes = try tables.value(Self.key) else { return try tables.set(encoded, Self.key) }
    if bytes == encoded { return }
    guard let stored = CatalogMark(bytes) else {
      throw LogError(
        .corruption, "the log does not say which catalog it was written with",
        hint: "Run `uetlog verify`")
    }
    guard stored.number < number else {
      let isNewer = stored.number > number
      throw LogError(
        .tooOld,
        isNewer
          ? "a newer uetlog, with other event types or rules, has written this log"
          : "another build of this uetlog, with other event types, has written this log",
        expected: "catalog \(stored)", actual: "catalog \(self)",
        hint: isNewer
          ? "Use the newer uetlog that others use" : "Let one build alone write this log")
    }
    try tables.set(encoded, Self.key)
  }
}
