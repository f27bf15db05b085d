package import Events
internal import Pipeline

/// Takes the next stretch of a log into a folder: as much as may be read in one go, so that no
/// snapshot is held for long.
struct FoldStretch: ReadUnit {
  var folder: Folder
  /// The last event to take in.
  let end: Position

  private static let recordCountMax = 10_000
  private static let byteCountMax = 8 << 20

  /// Whether there is more to take in.
  mutating func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    var left = Self.recordCountMax
    var byteCount = 0
    var hasMore = false
    let first = folder.position.next
    try tables.scan(from: first) { (position, record) throws(LogError) in
      guard position <= end else { return false }
      guard left > 0, byteCount < Self.byteCountMax else {
        hasMore = true
        return false
      }
      left -= 1
      byteCount += record.salted?.byteCount ?? 0
      try folder.take(record, at: position, from: tables)
      return true
    }
    return hasMore
  }
}

/// How far a long piece of work is: events done, and events in all.
package typealias Progress = (_ done: Position, _ total: Position) -> Void

extension Engine {
  /// Folds the log from its first event to a position (its end when that is later), in short
  /// reads.
  package func fold(
    to end: Position = Position(.max), progress: Progress = { _, _ in }
  ) throws(LogError) -> Folder {
    var stretch = FoldStretch(folder: Folder(catalog: catalog, rules: rules), end: end)
    let total = min(end, try head().position)
    while try log.read(&stretch) { progress(stretch.folder.position, total) }
    progress(stretch.folder.position, total)
    return stretch.folder
  }
}

extension Catalog {
  /// Makes a user's type known that the log has and this process has not used yet.
  func learn(
    _ type: String, from tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) {
    guard try definition(type) == nil, let bytes = try tables.value(SchemaRegistry.key(type))
    else { return }
    try add(type, bytes, origin: "schema of \(type) in the log")
  }
}
