package import Bytes
package import Events
internal import JSON
package import Pipeline

/// One entry of a view.
package struct ViewEntry: Hashable, Sendable {
  /// The name of its row.
  package var name: Name
  /// A JSON object.
  package var json: [UInt8]
}

/// Between which positions a view was read: the same one twice unless somebody wrote meanwhile.
package struct ViewSpan: Hashable, Sendable {
  package var first: Position
  package var last: Position
}

/// Collects the next stretch of a view: as much as may be read in one go, so that no snapshot is
/// held while somebody prints.
struct ProjectStretch: ReadUnit {
  struct Found {
    var entries: [ViewEntry] = []
    /// Where the next stretch goes on; nil at the end.
    var next: [UInt8]?
    var position: Position
  }

  let view: any View.Type
  let request: ViewRequest
  let start: [UInt8]
  /// Only this name.
  let key: Name?

  private static let rowCountMax = 5000
  private static let byteCountMax = 1 << 20

  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Found {
    var found = Found(position: try tables.head().position)
    if let key {
      if let number = try tables.number(of: key), let row = try tables.row(number),
        let entry = try entry(key, row, tables)
      {
        found.entries.append(entry)
      }
      return found
    }
    var looked = 0
    var byteCount = 0
    try tables.forEachName(prefix: Array(view.prefix.utf8), from: start) {
      (name, number) throws(LogError) in
      guard looked < Self.rowCountMax, byteCount < Self.byteCountMax else {
        found.next = name.bytes
        return false
      }
      looked += 1
      guard let row = try tables.row(number) else {
        throw LogError(.corruption, "\(name) has no row", hint: "Run `uetlog verify`")
      }
      if let entry = try entry(name, row, tables) {
        byteCount += entry.json.count
        found.entries.append(entry)
      }
      return true
    }
    return found
  }

  private func entry(
    _ name: Name, _ row: StateRow, _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> ViewEntry? {
    var writer = JSONWriter()
    guard try view.write(name, row, request, from: tables, to: &writer) else { return nil }
    return ViewEntry(name: name, json: writer.bytes)
  }
}

extension Engine {
  /// Shows a view: its entries in the order of their names, until `body` returns false.
  ///
  /// No snapshot is held while `body` runs; each entry is right as of the moment it was read.
  ///
  /// - Parameters:
  ///   - position: shows the view as it was then, by folding the log up to there with today's
  ///     code; nil for the present.
  ///   - now: the moment that ages and health are judged at.
  ///   - key: only the entry of this id (without the view's prefix) or name.
  ///   - progress: told while the log is folded.
  @discardableResult
  package func project(
    _ view: any View.Type, at position: Position? = nil, now: Timestamp, key: String? = nil,
    progress: Progress = { _, _ in }, _ body: (ViewEntry) throws(LogError) -> Bool
  ) throws(LogError) -> ViewSpan {
    let prefix = Array(view.prefix.utf8)
    let name = try key.map { key throws(LogError) in try Self.rowName(key, view) }
    let request = ViewRequest(now: now, rules: rules)
    var past: FoldedTables<Log>?
    if let position {
      past = FoldedTables(try fold(to: position, progress: progress), of: log)
    }
    var span = ViewSpan(first: .none, last: .none)
    var start: [UInt8]? = prefix
    while let from = start {
      var stretch = ProjectStretch(view: view, request: request, start: from, key: name)
      let found = if let past { try stretch.run(past) } else { try log.read(&stretch) }
      span = ViewSpan(first: from == prefix ? found.position : span.first, last: found.position)
      for entry in found.entries where try !body(entry) {
        return span
      }
      start = found.next
    }
    return span
  }

  private static func rowName(_ key: String, _ view: any View.Type) throws(LogError) -> Name {
    let full = key.hasPrefix(view.prefix) ? key : view.prefix + key
    guard let name = Name(full) else {
      throw LogError(.usage, "\"\(key)\" can't be the key of an entry")
    }
    return name
  }
}
