internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Glibc

/// Where a command prints, and how.
struct Console: Opener {
  let output: Output
  let errors: Output
  let here: Surroundings
  let isJSON: Bool
  let isQuiet: Bool
  /// Colours of standard output.
  let style: Style
  private let errorStyle: Style

  init(here: Surroundings, isJSON: Bool, isQuiet: Bool, color: ColorChoice = .auto) {
    output = Output(descriptor: STDOUT_FILENO)
    errors = Output(descriptor: STDERR_FILENO)
    self.here = here
    self.isJSON = isJSON
    self.isQuiet = isQuiet
    style = Style(color, isTerminal: output.isTerminal, here)
    errorStyle = Style(color, isTerminal: errors.isTerminal, here)
  }

  /// Shows an error at once.
  func report(_ report: ErrorReport) {
    reportLater(report)
    errors.flush()
  }

  /// Shows an error with the next flush: one of many.
  func reportLater(_ report: ErrorReport) {
    if isJSON { errors.json(report.json) } else { errors.line(report.text(errorStyle)) }
  }

  /// Shows an error at once and tells the exit code that goes with it.
  func report(_ error: LogError) -> ExitCode {
    report(ErrorReport(error))
    return ExitCode(error.code)
  }

  /// Prints a table, as wide as the terminal if there is one.
  func show(_ table: Table) {
    for line in table.lines(style, width: output.columnCount) { output.line(line) }
  }

  /// Tells a person something beside the result; programs that asked for JSON don't get it.
  func note(_ text: String) {
    guard !isQuiet, !isJSON else { return }
    warn(text)
  }

  /// Tells something that must not be missed.
  func warn(_ text: String) {
    errors.line("uetlog: " + SafeText.escaped(text))
    errors.flush()
  }

  /// Folds all views anew, showing how far it is.
  func rebuildViews(of engine: Engine<LMDBLog>) throws(LogError) {
    var progress = Progress("folding the views anew", isQuiet: isQuiet)
    try engine.rebuildViews { done, total in
      progress.update(done.rawValue, of: total.rawValue)
    }
    note("all views are folded anew from \(try engine.head().position) events")
  }

  /// Tells that an event is stored whose receipt did not arrive.
  func lostReceipt(_ failure: OutputFailure, at position: Position) -> ExitCode {
    report(.receiptLost(failure, "the event is stored at position \(position)"))
    return .receiptLost
  }

  /// Prints what is left and tells the exit code: a reader that went away is no failure.
  ///
  /// Who stored something must not be told that nothing was written.
  func finish(_ code: ExitCode) -> ExitCode {
    output.flush()
    errors.flush()
    guard let failure = output.failure, case .failed(let reason) = failure, code != .receiptLost
    else { return code }
    if output.storedAt > .none { return lostReceipt(failure, at: output.storedAt) }
    return report(LogError(.cannotWrite, "can't write the output: \(reason)"))
  }
}
