internal import Bytes

/// What an event says about a failure of a task or of a gate.
struct FailureReport {
  var kind: String
  var code: String?
  var message: String
  /// Equal for failures that look the same.
  var signature: UInt64

  init(_ payload: Payload) {
    kind = payload.text("failure_kind") ?? ""
    code = payload.text("error_code")
    message =
      payload.text("error_message") ?? payload.text(["decision", "reason"])
      ?? payload.text("reason") ?? "no message"
    if let given = payload.text("signature") {
      signature = shortHash(given)
    } else {
      let words = message.split { $0.isWhitespace }.joined(separator: " ")
      signature = shortHash("\(kind)|\(code ?? "")|\(words.prefix(2000))")
    }
  }

  /// How urgent the fix is, 1 the most: a build that breaks stops everybody, a lint only itself.
  ///
  /// Nil for failures that no fix task is made for.
  var impact: UInt8? {
    switch kind {
    case "build": 1
    case "test": 2
    case "lint": 3
    default: nil
    }
  }

  /// The signature as sixteen hexadecimal digits.
  var signatureText: String {
    let digits = String(signature, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The names of fix tasks: `FIX-T7`, `FIX-T7-2`, and `FIX-FIX-T7` for a fix of the fix.
enum FixName {
  static let prefix = "FIX-"
  /// The longest id that a schema lets through.
  static let byteCountMax = 128

  static func name(for task: String, ordinal: Int) -> String {
    ordinal > 1 ? "\(prefix)\(task)-\(ordinal)" : prefix + task
  }

  static func isFix(_ task: String) -> Bool { task.hasPrefix(prefix) }

  /// The tasks that a fix of this name may mend: `FIX-T-2` may be the second fix of `T` or the
  /// first of `T-2`.
  static func parents(of fix: String) -> [String] {
    guard isFix(fix) else { return [] }
    let whole = fix.dropFirst(prefix.count)
    guard let dash = whole.lastIndex(of: "-"), dash > whole.startIndex,
      let ordinal = Int(whole[whole.index(after: dash)...]), ordinal > 1
    else { return [String(whole)] }
    return [String(whole), String(whole[..<dash])]
  }

  /// How many fixes deep a task is.
  static func depth(of task: String) -> Int {
    var rest = task[...]
    var depth = 0
    while rest.hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.count)
      depth += 1
    }
    return depth
  }
}
