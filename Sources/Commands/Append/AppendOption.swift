/// The options of `append`, as its hand-written parser knows them.
///
/// `Append` declares the same ones for help and completions; a test compares the two.
enum AppendOption: String, CaseIterable, Sendable {
  case data, run, id, key, expect, source, label, ts, severity, correlation, causation, stream
  case wait, receipt, log, color
  case dryRun = "dry-run"
  case atomic
  case followStdin = "follow-stdin"
  case json, quiet

  /// Whether a value follows.
  var takesValue: Bool {
    switch self {
    case .dryRun, .atomic, .followStdin, .json, .quiet: false
    default: true
    }
  }

  /// Whether it may be given more than once.
  var isRepeatable: Bool { self == .label }

  /// Whether it speaks of one event, so that it has no meaning for lines on standard input.
  var isForOneEvent: Bool {
    switch self {
    case .data, .id, .key, .expect, .ts, .severity, .stream: true
    default: false
    }
  }

  /// Whether it speaks of lines on standard input.
  var isForLines: Bool { self == .atomic || self == .followStdin }
}
