internal import Events

/// How a command ended, for its caller: the one place where errors become exit codes.
enum ExitCode: Int32, CaseIterable, Sendable {
  case done = 0
  case difference = 1
  case usage = 64
  case badInput = 65
  case notFound = 66
  case backendAway = 69
  case outcomeUnknown = 70
  case receiptLost = 71
  case cannotWrite = 73
  case unsafe = 74
  case temporary = 75
  case blocked = 77
  case settings = 78

  /// The code for a kind of error.
  init(_ code: LogError.Code) {
    switch code {
    case .usage: self = .usage
    case .badInput, .violation, .unknownType, .rejected, .idTaken: self = .badInput
    case .notFound: self = .notFound
    case .outcomeUnknown: self = .outcomeUnknown
    case .cannotWrite, .system: self = .cannotWrite
    case .unsafe, .corruption: self = .unsafe
    case .conflict, .busy, .replaced, .noSpace, .mapFull, .interrupted: self = .temporary
    case .budget, .secret: self = .blocked
    case .settings, .tooOld: self = .settings
    }
  }

  /// What it means, as help and README print it.
  var meaning: String {
    switch self {
    case .done: "done"
    case .difference: "something was found: a view differs, a gate failed, there are secrets"
    case .usage: "the command line is wrong"
    case .badInput:
      "bad input: no JSON, breaks its schema, refused by a state machine or policy, or some of a batch refused"
    case .notFound: "no such log, stream, run, event or event type"
    case .backendAway: "a backend is away"
    case .outcomeUnknown: "outcome unknown: run it again with the same id, which is printed"
    case .receiptLost: "committed, but the receipt could not be printed"
    case .cannotWrite: "something can't be created, opened or written"
    case .unsafe: "refused for safety: a damaged, replaced or older log"
    case .temporary:
      "temporary, nothing written: busy, conflict, no space; or interrupted between lines"
    case .blocked: "blocked by the secret or budget policy"
    case .settings: "bad settings, or this program is too old for the log"
    }
  }

  /// The table of all codes, in lines that help does not wrap again.
  static var table: String {
    allCases.map { code in
      let number = String(code.rawValue)
      let indent = "\n" + String(repeating: " ", count: 6)
      return String(repeating: " ", count: 4 - number.count) + number + "  "
        + wrapped(code.meaning, width: 72).joined(separator: indent)
    }.joined(separator: "\n")
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
