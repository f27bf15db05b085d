extension Verification {
  /// Why a deep check passed an event over.
  package enum Omission: String, CaseIterable, Sendable {
    /// An import brought it in: nobody decided on it here.
    case imported
    /// It follows from the event that it reverses.
    case reversal
    /// It was decided under settings that are not today's.
    case otherSettings = "other_settings"
    /// A redaction took out what is compared, or what a decision looked at.
    case redacted
    /// It was checked against a schema that this program has in another version.
    case otherSchema = "other_schema"
    /// This program has no schema of its type.
    case unknownType = "unknown_type"
    /// It can't be read, or comes after one that can't: what it met is not known.
    case damaged

    /// The reason as it stands after a count.
    var words: String {
      switch self {
      case .imported: "imported"
      case .reversal: "reversals"
      case .otherSettings: "under other settings"
      case .redacted: "about what was redacted"
      case .otherSchema: "of another version of the schema"
      case .unknownType: "of types that are not known here"
      case .damaged: "damaged or after damage"
      }
    }
  }
}

/// How many events a phase passed over, by reason.
package struct Omissions: Hashable, Sendable {
  private var counts: [Verification.Omission: Int] = [:]

  package init() {}

  package subscript(reason: Verification.Omission) -> Int {
    get { counts[reason, default: 0] }
    set { counts[reason] = newValue }
  }

  /// The reasons that there were, with their counts, in a fixed order.
  package var pairs: [(reason: Verification.Omission, count: Int)] {
    Verification.Omission.allCases.compactMap { self[$0] > 0 ? ($0, self[$0]) : nil }
  }

  /// An end of a line of figures; empty when nothing was passed over.
  var words: String {
    let parts = pairs.map { "\($0.count) \($0.reason.words)" }
    return parts.isEmpty ? "" : "; not compared: " + parts.joined(separator: ", ")
  }

  /// The counts as one field of a line, as `imported=3 reversal=1`.
  var line: String { pairs.map { "\($0.reason.rawValue)=\($0.count)" }.joined(separator: " ") }

  /// Nil for what is no such field.
  init?(line: String) {
    for part in line.split(separator: " ") {
      let words = part.split(separator: "=")
      guard words.count == 2, let reason = Verification.Omission(rawValue: String(words[0])),
        let count = Int(words[1]), count > 0
      else { return nil }
      counts[reason] = count
    }
  }
}
