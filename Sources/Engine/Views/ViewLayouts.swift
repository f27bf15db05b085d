internal import Bytes
package import Events
internal import Pipeline

/// By which layouts the rows of a log were stored: a pair of bytes for each category.
package struct ViewLayouts: Hashable, Sendable {
  /// Where they are kept in a log.
  package static let key = "views"

  /// As they are stored: category and layout by turns, each category once, in order.
  package let encoded: [UInt8]

  /// What this program writes.
  package static var current: ViewLayouts {
    var bytes: [UInt8] = []
    var number: UInt8 = 0
    while let category = Category(rawValue: number) {
      if let layout = category.layout { bytes += [number, layout] }
      number += 1
    }
    return ViewLayouts(encoded: bytes)
  }

  private init(encoded: [UInt8]) { self.encoded = encoded }

  package init?(_ bytes: [UInt8]) {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    for index in stride(from: 2, to: bytes.count, by: 2) {
      guard bytes[index] > bytes[index - 2] else { return nil }
    }
    encoded = bytes
  }

  /// The layout of a category's rows; nil when the log has none.
  func layout(_ category: UInt8) -> UInt8? {
    for index in stride(from: 0, to: encoded.count, by: 2) where encoded[index] == category {
      return encoded[index + 1]
    }
    return nil
  }

  /// Whether some rows are of a layout that comes after this one's.
  func isNewer(than other: ViewLayouts) -> Bool {
    for index in stride(from: 0, to: encoded.count, by: 2) {
      if encoded[index + 1] > other.layout(encoded[index]) ?? 0 { return true }
    }
    return false
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
