package import Events

/// The kind of thing a row of state describes. The raw values are stored: never renumber.
package enum Category: UInt8, CaseIterable, Sendable {
  case none = 0
  case run = 1
  case request = 2
  case phase = 3
  case workstream = 4
  case task = 5
  case step = 6
  case tool = 7
  case worker = 8
  case patch = 9
  case reservation = 10
  case budget = 11
  case gate = 12
  case review = 13
  case merge = 14
  case saga = 15
  case error = 16

  /// The text before the first `-` of the names of its rows.
  package var prefix: String { "\(self)" }

  /// The category of a name; `none` for streams without state (`cost-…`, `note-…`, `log`, a
  /// user's own).
  package init(of name: Name) {
    let prefix = name.category
    self = Category.allCases.first { $0 != .none && $0.prefix == prefix } ?? .none
  }
}
