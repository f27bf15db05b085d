internal import ArgumentParser
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Secrets

/// `uetlog redact`: takes secrets that were found late out of stored payloads.
struct Redact: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take secrets out of stored payloads; every proof stays valid.",
    usage: "uetlog redact [<position|id> ...] [--pointer <pointer>] [--from-scan]",
    discussion: """
      Names strings of one event by JSON pointers, or takes with --from-scan what `uetlog scan` \
      finds, in all events or in those named. Markers take their place, the salt goes, and an \
      event payload_redacted says so; then the log's files are written anew, so that nothing of \
      the secret is left in them. The sealed copy of an event goes with it. Envelopes stay: a \
      secret in a stream's name, a label or a key can't be taken out. Copies made before, and \
      what was exported, still have it: revoke it.

      EXAMPLES
        uetlog redact 42 --pointer /text --reason "a customer's password"
        uetlog redact --from-scan --dry-run
      """)

  @Argument(help: ArgumentHelp("Positions or events' ULIDs.", valueName: "position|id"))
  var events: [String] = []

  @Option(help: "The JSON pointer of a string of the one event; may be repeated.")
  var pointer: [String] = []

  @Flag(help: "Take out what the rules for secrets find.")
  var fromScan = false

  @Option(help: "With --from-scan: the value of this variable too; may be repeated.")
  var secretEnv: [String] = []

  @Option(help: "Why.") var reason: String?
  @Option(help: "Who redacts it.") var `operator`: String?
  @Flag(help: "Show what would be done, change nothing.") var dryRun = false
  @Option(help: "How long to wait for other writers, like 5s.") var wait: String?

  @OptionGroup var common: CommonOptions

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    try checkOptions()
    let references = try events.map { text throws(LogError) in try EventReference.parse(text) }
    let literals = try SecretLiteral.named(secretEnv)
    let location = try LogLocation(flag: common.log, console.here)
    guard location.hasLog else { throw location.missing }
    let flags = wait.map { [(setting: "append.wait", value: $0, option: "--wait")] } ?? []
    let settings = try Settings(log: location.path, console.here, flags: flags)
    let engine = try OpenedLog(writing: location, settings, console).engine
    var redactor = Redactor(
      engine: engine, masker: engine.masker(literals),
      reason: reason ?? "found by the rules of `uetlog scan`, version \(RuleSet.version)",
      operator: `operator`, isDryRun: dryRun)
    redactor.options.waitNanoseconds = settings.waitNanoseconds
    redactor.options.isDryRun = dryRun
    if fromScan {
      try redactor.planFindings(references, console)
    } else if let reference = references.first {
      try redactor.plan(pointer, of: reference)
    }
    try redactor.findOthers(console)
    return try redactor.carryOut(QuarantineFolder(log: location.path), console)
  }

  private func checkOptions() throws(LogError) {
    guard fromScan != !pointer.isEmpty else {
      throw LogError(
        .usage, "redact takes either --pointer or --from-scan",
        hint: "`uetlog scan` tells where secrets are")
    }
    guard fromScan || secretEnv.isEmpty else {
      throw LogError(.usage, "--secret-env goes with --from-scan")
    }
    guard !fromScan else { return }
    guard events.count == 1 else {
      throw LogError(.usage, "--pointer takes one event", expected: "a position or an id")
    }
    guard reason != nil || dryRun else {
      throw LogError(.usage, "redact needs a reason", hint: "Say why with --reason TEXT")
    }
    for text in pointer where !text.isEmpty && !text.hasPrefix("/") {
      throw LogError(
        .usage, "\"\(text)\" is no JSON pointer", expected: "/name, /list/0, /a~1b")
    }
  }
}
