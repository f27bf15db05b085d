package import Events

/// The kind of thing a row of state describes.
///
/// The raw values are stored: never renumber.
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
  case approval = 17

  /// The text before the first `-` of the names of its rows.
  package var prefix: String {
    switch self {
    case .none: ""
    case .run: "run"
    case .request: "request"
    case .phase: "phase"
    case .workstream: "workstream"
    case .task: "task"
    case .step: "step"
    case .tool: "tool"
    case .worker: "worker"
    case .patch: "patch"
    case .reservation: "reservation"
    case .budget: "budget"
    case .gate: "gate"
    case .review: "review"
    case .merge: "merge"
    case .saga: "saga"
    case .error: "error"
    case .approval: "approval"
    }
  }

  /// The prefixes as numbers, in the order of the raw values.
  private static let prefixes = allCases.map { number(Array($0.prefix.utf8)) }

  /// The bytes before the first `-` as one number, with a mark before them; what is longer than
  /// all prefixes is cut off, and is none of them still.
  private static func number(_ name: [UInt8]) -> UInt128 {
    var number: UInt128 = 1
    var place = 0
    while place < min(name.count, 12), name[place] != 0x2D {
      number = number << 8 | UInt128(name[place])
      place += 1
    }
    return number
  }

  /// The category of a name; `none` for streams without state (`cost-…`, `note-…`, `log`, a
  /// user's own).
  package init(of name: Name) {
    let number = Category.number(name.bytes)
    // The raw values are the places in the list; `none` has the number of an empty prefix.
    let place = Category.prefixes.firstIndex(of: number)
    self = place.flatMap { Category(rawValue: UInt8($0)) } ?? .none
  }
}
