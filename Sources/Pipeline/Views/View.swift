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
  /// What the table and CSV formats show.
  static var columns: [Column] { get }

  /// Writes the entry of one row as a JSON object; false, and nothing written, when the row is no
  /// entry of this view.
  static func write(
    _ name: Name, _ row: StateRow, _ request: ViewRequest,
    from tables: borrowing some LogReader & ~Copyable & ~Escapable, to writer: inout JSONWriter
  ) throws(LogError) -> Bool
}

/// A column of the table form: a title and where its value is in the entry.
package struct Column: Hashable, Sendable {
  package var title: String
  package var path: [String]
  /// Numbers are aligned to the right.
  package var isNumeric: Bool

  package init(_ title: String, _ path: [String], isNumeric: Bool = false) {
    self.title = title
    self.path = path
    self.isNumeric = isNumeric
  }
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
