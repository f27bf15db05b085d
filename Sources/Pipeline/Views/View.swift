package import Bytes
package import Events
package import JSON

/// A way to show the present state: one entry for each row whose name begins with `prefix`.
///
/// The rows are small; what a view shows of texts and history it fetches from the records whose
/// positions the row keeps.
package protocol View: SendableMetatype {
  /// What `uetlog project NAME` calls it.
  static var name: String { get }
  /// One sentence for `uetlog project --list`.
  static var summary: String { get }
  /// How the names of its rows begin: `patch-`.
  static var prefix: String { get }
  /// The fields of an entry that are values or lists of values, in the order of the CSV format.
  static var fields: [Column] { get }

  /// Writes the entry of one row as a JSON object; false, and nothing written, when the row is no
  /// entry of this view.
  static func write(
    _ name: Name, _ row: StateRow, _ request: ViewRequest,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable, to writer: inout JSONWriter
  ) throws(LogError) -> Bool
}

/// A field of an entry, which has one name in all formats and conditions.
package struct Column: Hashable, Sendable {
  /// The keys that lead to it, joined by points: `apply.attempts`.
  package let name: String
  /// Numbers are aligned to the right.
  package let isNumeric: Bool
  /// Whether the table form shows it.
  package let isMain: Bool

  package init(_ name: String, isNumeric: Bool = false, isMain: Bool = false) {
    self.name = name
    self.isNumeric = isNumeric
    self.isMain = isMain
  }

  /// One of the main fields, which tables show.
  package static func main(_ name: String, isNumeric: Bool = false) -> Column {
    Column(name, isNumeric: isNumeric, isMain: true)
  }

  /// The keys that lead to it.
  package var path: [String] { name.split(separator: ".").map(String.init) }

  /// What a table writes above it.
  package var title: String { String(name.map { $0 == "_" ? " " : $0 }) }
}

extension View {
  /// What the table form shows.
  package static var columns: [Column] { fields.filter(\.isMain) }
}

/// What an entry may depend on besides the log.
package struct ViewRequest: Sendable {
  /// The moment that ages and health are judged at.
  package var now: Timestamp
  package var rules: Rules

  package init(now: Timestamp, rules: Rules) {
    self.now = now
    self.rules = rules
  }
}
