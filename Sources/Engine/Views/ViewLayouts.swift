internal import Bytes
package import Events
internal import Pipeline

/// By which layouts the rows of a log were stored: a pair of bytes for each category.
package struct ViewLayouts: Hashable, Sendable {
  /// Where they are kept in a log.
  package static let key = "views"

  private var layouts: [UInt8: UInt8]

  /// What this program writes.
  package static var current: ViewLayouts {
    var layouts: [UInt8: UInt8] = [:]
    for category in Category.allCases {
      if let type = entityType(of: category) { layouts[category.rawValue] = type.layout }
    }
    return ViewLayouts(layouts: layouts)
  }

  private init(layouts: [UInt8: UInt8]) { self.layouts = layouts }

  package init?(_ bytes: [UInt8]) {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    layouts = [:]
    for index in stride(from: 0, to: bytes.count, by: 2) {
      layouts[bytes[index]] = bytes[index + 1]
    }
  }

  /// The layout of a category's rows; nil when the log has none.
  func layout(_ category: UInt8) -> UInt8? { layouts[category] }

  /// Whether some rows are of a layout that comes after this one's.
  func isNewer(than other: ViewLayouts) -> Bool {
    layouts.contains { category, layout in layout > other.layouts[category] ?? 0 }
  }

  package var encoded: [UInt8] {
    layouts.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
  }
}

/// Finds out whether all rows have the layouts of this program.
struct AskLayouts: ReadUnit {
  func run(
    _ tables: borrowing some LogReader & ~Copyable & ~Escapable
  ) throws(LogError) -> Bool {
    let current = ViewLayouts.current
    if let stored = try tables.value(ViewLayouts.key).flatMap({ ViewLayouts($0) }) {
      guard !stored.isNewer(than: current) else {
        throw LogError(
          .tooOld, "a newer uetlog has folded the views of this log",
          hint: "Use the newer uetlog that others use")
      }
      return stored == current
    }
    // A log that does not say it is asked row by row.
    var isCurrent = true
    try tables.forEachName(prefix: []) { (name, number) throws(LogError) in
      guard let type = entityType(of: Category(of: name)), let row = try tables.row(number) else {
        return true
      }
      isCurrent = row.category == type.category.rawValue && row.layout == type.layout
      return isCurrent
    }
    return isCurrent
  }
}

extension Engine {
  /// Whether the stored rows are those that this program would make; if not, `rebuildViews`.
  package func viewsAreCurrent() throws(LogError) -> Bool {
    var unit = AskLayouts()
    return try log.read(&unit)
  }
}
