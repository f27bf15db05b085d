internal import ArgumentParser
internal import Bytes
internal import Configuration
internal import Engine
internal import Events
internal import JSON

/// Undoes events by appending their reversals.
struct Compensate: LogCommand {
  static let configuration = CommandConfiguration(
    abstract: "Undo events by appending reverse events.",
    discussion: """
      Nothing is removed: each event of the plan gets a reverse event, newest first, in one \
      transaction. The proof at the end compares what was judged of each entity before the oldest \
      target with what is judged now; with --dry-run, with what would be judged. Money spent, and \
      what only an action of its own undoes, is listed as left.

      EXAMPLES
        uetlog compensate --event 42 --reason "wrong worker" --dry-run
        uetlog compensate --stream task-T7 --to 3 --reason "started too early"
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: "One event: its position or id.") var event: String?
  @Option(help: "A stream, back to the revision that --to names.") var stream: String?
  @Option(help: "With --stream: the last revision to keep.") var to: UInt64?
  @Option(help: "All events of a run.") var run: String?
  @Option(help: "All events of a phase.") var phase: String?
  @Option(help: "Why.") var reason: String?
  @Option(help: "Who undoes it.") var `operator`: String?
  @Flag(help: "Show the plan, append nothing.") var dryRun = false
  @Option(help: "How long to wait for other writers (default: 5s).") var wait: String?

  func execute(_ console: Console) throws(LogError) -> ExitCode {
    let scope = try self.scope()
    guard let reason = reason ?? (dryRun ? "dry run" : nil) else {
      throw LogError(.usage, "compensate needs a reason", hint: "Say why with --reason TEXT")
    }
    var options = AppendOptions()
    options.isDryRun = dryRun
    if let wait {
      options.waitNanoseconds = try Duration.parse(wait, option: "--wait").nanoseconds
    }
    let location = try LogLocation(flag: common.log, console.here)
    guard location.hasLog else { throw location.missing }
    let settings = try Settings(log: location.path, console.here)
    let opened = try OpenedLog(writing: location, settings, console)
    let names = KnownNames(engine: opened.engine)
    switch scope {
    case .stream(let stream, after: _): try names.require(stream: stream)
    case .run(let run): try names.require(run: run)
    case .event, .phase: break
    }
    let (plan, receipts) = try opened.engine.compensate(
      scope, reason: reason, operator: `operator`, options)
    if case .phase(let phase) = scope, plan.steps.isEmpty, plan.left.isEmpty,
      try !opened.engine.knows(phase: phase)
    {
      throw LogError(.notFound, "the log has no phase \"\(phase)\"")
    }
    let report = CompensateReport(plan: plan, receipts: receipts, isDryRun: dryRun)
    if common.json {
      console.output.json(report.json)
    } else {
      for line in report.lines(console.style) { console.output.line(line) }
    }
    return plan.proofs.allSatisfy(\.holds) ? .done : .difference
  }

  private func scope() throws(LogError) -> UndoScope {
    let given = [event, stream, run, phase].compactMap { $0 }
    guard given.count == 1 else {
      throw LogError(
        .usage, "compensate takes one scope",
        allowed: ["--event", "--stream with --to", "--run", "--phase"])
    }
    guard (to != nil) == (stream != nil) else {
      throw LogError(
        .usage, "--stream and --to go together", expected: "--stream NAME --to REVISION")
    }
    if let event { return .event(try EventReference.parse(event)) }
    if let run { return .run(try ULID.parse(run, option: "--run")) }
    if let phase { return .phase(phase) }
    guard let stream = stream.flatMap({ Name($0) }), let to else {
      throw LogError(.usage, "\"\(stream ?? "")\" can't be the name of a stream")
    }
    return .stream(stream, after: to)
  }
}
