internal import Bytes
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
  package var prefix: String { staticPrefix.description }

  /// The same, without making a string.
  private var staticPrefix: StaticString {
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

  /// The category of a name; `none` for streams without state (`cost-…`, `note-…`, `log`, a
  /// user's own).
  package init(of name: Name) {
    let end = name.bytes.firstIndex(of: 0x2D) ?? name.bytes.count
    let prefix = name.bytes.rawSpan.extracting(..<end)
    var number = Category.run.rawValue
    while let category = Category(rawValue: number) {
      let text = category.staticPrefix
      if text.utf8CodeUnitCount == end,
        text.withUTF8Buffer({ unsafe Name.areEqual($0.span.bytes, prefix) })
      {
        self = category
        return
      }
      number += 1
    }
    self = .none
  }
}
