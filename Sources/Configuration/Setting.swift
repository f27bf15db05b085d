package import Pipeline

/// A setting: its name, what it may be, and what it does.
package struct Setting: Sendable {
  /// `family.name`, as in the files.
  package let name: String
  package let kind: Kind
  /// The shipped value, in the words of an environment variable.
  package let shipped: String
  package let effect: Effect

  /// What a value may be.
  package enum Kind: Hashable, Sendable {
    case integer(ClosedRange<Int64>)
    /// A part of a whole, above 0 and at most 1; kept in thousandths.
    case share
    case duration
    case flag
    case choice([String])
    /// A text, or nothing.
    case optionalText
    /// The public key of a sealing key, or nothing.
    case sealingKey
    /// Some of these words, in an order of their own.
    case order([String])
    /// Names of environment variables, or none.
    case variables
  }

  /// Where a value goes.
  package enum Effect: Sendable {
    case rules(@Sendable (inout Rules, Int64) -> Void)
    /// `append` looks at it.
    case append
    /// Nothing goes by it yet, so another value than the shipped one is refused.
    case fixed
  }

  /// Whether only the shipped value is taken.
  package var isFixed: Bool {
    if case .fixed = effect { true } else { false }
  }

  /// The environment variable that sets it.
  package var variable: String {
    "UETLOG_" + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
  }
}

/// All settings, by name.
package enum SettingTable {
  package static let all: [Setting] = append + secrets + seal + limits + rules + later

  package static func setting(_ name: String) -> Setting? { all.first { $0.name == name } }

  private static let append = [
    Setting(name: "append.wait", kind: .duration, shipped: "5s", effect: .append),
    Setting(
      name: "append.batch_events", kind: .integer(1...1000), shipped: "1000", effect: .append),
    Setting(
      name: "append.batch_bytes", kind: .integer(1...(32 << 20)), shipped: "33554432",
      effect: .append),
    Setting(name: "append.group", kind: .flag, shipped: "false", effect: .append),
  ]

  private static let secrets = [
    Setting(
      name: "secrets.mode", kind: .choice(["mask", "block", "seal", "off"]), shipped: "mask",
      effect: .append),
    Setting(name: "secrets.seal_key", kind: .sealingKey, shipped: "", effect: .append),
    Setting(
      name: "secrets.variables", kind: .variables, shipped: secretVariables,
      effect: .append),
  ]

  private static let seal = [
    Setting(
      name: "seal.every_events", kind: .integer(0...secondsMax), shipped: "0", effect: .append),
    Setting(name: "seal.key", kind: .optionalText, shipped: "", effect: .append),
  ]

  private static let limits = [
    fixed("limits.payload_bytes", .integer(1...(256 << 10)), "262144"),
    fixed("limits.artifact_bytes", .integer(1...(16 << 20)), "16777216"),
    fixed("limits.json_depth", .integer(1...128), "128"),
    fixed("limits.id_bytes", .integer(1...128), "128"),
    fixed("limits.key_bytes", .integer(1...128), "128"),
    fixed("limits.stream_bytes", .integer(1...255), "255"),
    fixed("limits.labels", .integer(0...16), "16"),
  ]

  private static let rules = [
    rule("worker.heartbeat_timeout_seconds", 1...secondsMax, "300") {
      $0.heartbeatTimeoutSeconds = $1
    },
    rule("worker.quarantine_after_seconds", 1...secondsMax, "600") {
      $0.heartbeatQuarantineSeconds = $1
    },
    rule("worker.max_errors", 1...secondsMax, "10") { $0.workerErrorsMax = $1 },
    rule("patch.max_apply_attempts", 1...255, "3") { $0.applyAttemptsMax = UInt8(clamping: $1) },
    Setting(
      name: "patch.unknown_request", kind: .choice(["report", "refuse"]), shipped: "report",
      effect: .append),
    rule("task.max_retries", 0...100, "3") { $0.taskRetriesMax = UInt8(clamping: $1) },
    rule("task.fix_depth", 0...100, "3") { $0.fixDepthMax = Int(clamping: $1) },
    Setting(
      name: "budget.warn_share", kind: .share, shipped: "0.8",
      effect: .rules { $0.budgetWarnPermille = $1 }),
    rule("circuit.failures", 1...Int64(UInt32.max), "5") {
      $0.circuitFailures = UInt32(clamping: $1)
    },
    rule("circuit.cooldown_seconds", 1...secondsMax, "60") { $0.circuitCooldownSeconds = $1 },
    rule("reaction.max_depth", 0...8, "8") { $0.reactionDepthMax = Int(clamping: $1) },
    rule("reaction.max_width", 0...64, "64") { $0.reactionWidthMax = Int(clamping: $1) },
    Setting(
      name: "ledger.profile", kind: .choice(["default", "extended"]), shipped: "default",
      effect: .rules {
        $0.ledgerProfile = LedgerProfile(rawValue: UInt8(clamping: $1)) ?? .default
      }),
  ]

  private static let later = [
    fixed("budget.default_model", .optionalText, ""),
    fixed("gate.timeout_seconds", .integer(1...secondsMax), "300"),
    fixed("gate.no_tests_passes", .flag, "false"),
    fixed("merge.order", .order(mergeOrder.split(separator: ",").map(String.init)), mergeOrder),
    fixed("reaction.enabled", .flag, "true"),
  ]

  /// Where the tools of pipelines have their credentials.
  static var secretVariables: String {
    """
    ANTHROPIC_API_KEY,AWS_SECRET_ACCESS_KEY,AWS_SESSION_TOKEN,AZURE_OPENAI_API_KEY,GEMINI_API_KEY,\
    GH_TOKEN,GITHUB_TOKEN,GITLAB_TOKEN,GOOGLE_API_KEY,HF_TOKEN,NPM_TOKEN,OPENAI_API_KEY,\
    OPENROUTER_API_KEY
    """
  }

  private static let mergeOrder = "priority,critical_path,dependents,age,id"

  /// The largest number that JSON readers agree on.
  private static let secondsMax: Int64 = 9_007_199_254_740_991

  private static func fixed(_ name: String, _ kind: Setting.Kind, _ shipped: String) -> Setting {
    Setting(name: name, kind: kind, shipped: shipped, effect: .fixed)
  }

  private static func rule(
    _ name: String, _ range: ClosedRange<Int64>, _ shipped: String,
    _ set: @escaping @Sendable (inout Rules, Int64) -> Void
  ) -> Setting {
    Setting(name: name, kind: .integer(range), shipped: shipped, effect: .rules(set))
  }
}
