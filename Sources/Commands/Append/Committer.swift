internal import Engine
internal import Events

/// Commits batches, answers each line in order and keeps count.
struct Committer<Log: EventLog> {
  private let bulk: BulkAppend<Log>
  private(set) var storedCount = 0
  private var duplicateCount = 0
  private var refusedCount = 0
  private var answers: [AppendUnit.Outcome] = []
  private var lastPosition = Position.none
  private var autoSeal: AutoSeal?
  /// The last line that was dealt with.
  private var lastLine = 0

  init(_ bulk: BulkAppend<Log>) {
    self.bulk = bulk
    autoSeal = AutoSeal(bulk.settings, bulk.options, bulk.console)
  }

  /// Seals the log if that is due.
  mutating func sealIfDue() {
    guard autoSeal != nil, let engine = try? bulk.target.engine() else { return }
    autoSeal?.seal(engine, at: lastPosition)
  }

  /// Stores what can be stored of a batch.
  mutating func commit(_ batch: Batch) throws(LogError) {
    if let draft = batch.deferred {
      answers = [try storeAlone(draft)]
    } else if batch.drafts.isEmpty {
      answers = []
    } else {
      do throws(LogError) {
        answers = try bulk.target.engine().append(batch.drafts, bulk.options)
      } catch { throw located(error, batch) }
    }
    for line in [batch.lines.last, batch.refusals.last?.line, batch.deferred?.line] {
      lastLine = max(lastLine, line ?? 0)
    }
  }

  /// Stores all of several batches or nothing.
  mutating func commitAll(_ batches: [Batch]) throws(LogError) {
    if let empty = bulk.target.rehearsal {
      var options = bulk.options
      options.isDryRun = true
      _ = try empty.append(Self.prepared(batches, for: empty), options)
    }
    let engine = try bulk.target.engine()
    answers = try engine.append(Self.prepared(batches, for: engine), bulk.options)
  }

  /// All drafts of batches; throws the first refusal.
  private static func prepared(
    _ batches: [Batch], for engine: Engine<some EventLog>
  ) throws(LogError) -> [PreparedDraft] {
    var prepared: [PreparedDraft] = []
    for batch in batches {
      if let refusal = batch.refusals.first { throw refusal }
      guard let draft = batch.deferred else { continue }
      do throws(LogError) { prepared.append(try engine.prepare(draft)) } catch {
        throw error.at(line: draft.line)
      }
    }
    return prepared
  }

  private func storeAlone(_ draft: Draft) throws(LogError) -> AppendUnit.Outcome {
    do throws(LogError) {
      return .success(try bulk.target.engine().append(draft, bulk.options))
    } catch {
      guard error.code.isRefusal else { throw error }
      return .failure(error.at(line: draft.line))
    }
  }

  /// Says from which line on nothing is known to be stored.
  private func located(_ error: LogError, _ batch: Batch) -> LogError {
    var located = error
    guard let first = batch.drafts.first, let line = batch.lines.first else { return error }
    located.line = line
    let last = batch.lines.last ?? line
    located.hint =
      error.code == .outcomeUnknown
      ? "Lines \(line) to \(last) are all stored or none: `uetlog show \(first.envelope.eventID)` "
        + "tells; go on after them or with them"
      : "The lines before are stored, from line \(line) on nothing is: go on with "
        + "`tail -n +\(line)`"
    return located
  }

  /// Answers the lines of batches in order; tells when the answers can't be printed.
  mutating func show(_ batches: [Batch]) -> OutputFailure? {
    let answered = answers
    answers = []
    // Borrowed: a copy of a receipt would look at memory that nobody needs any more.
    let answers = answered.span
    var next = 0
    for batch in batches {
      var refusals = batch.refusals[...]
      let lines = batch.deferred.map { [$0.line ?? 0] } ?? batch.lines
      for line in lines where next < answers.count {
        while let refusal = refusals.first, refusal.line ?? 0 < line {
          show(refusal)
          refusals.removeFirst()
        }
        show(answers[next], line)
        next += 1
      }
      for refusal in refusals { show(refusal) }
    }
    bulk.console.errors.flush()
    return bulk.printer.flush()
  }

  private mutating func show(_ answer: AppendUnit.Outcome, _ line: Int) {
    guard let (position, isDuplicate) = answer.place else {
      if case .failure(let error) = answer { show(error) }
      return
    }
    if isDuplicate { duplicateCount += 1 } else { storedCount += 1 }
    lastPosition = max(lastPosition, position)
    if bulk.printer.prints, case .success(let receipt) = answer {
      bulk.printer.print(receipt, line: line)
    }
  }

  private mutating func show(_ error: LogError) {
    refusedCount += 1
    // Who reads an answer for each line gets this one in its place.
    if bulk.isFollowing, bulk.console.isJSON {
      bulk.printer.print(error)
    } else {
      bulk.console.reportLater(ErrorReport(error))
    }
  }

  /// The exit code after everything was read.
  func sum() -> ExitCode {
    if !bulk.isFollowing, !bulk.console.isJSON, !bulk.console.isQuiet {
      bulk.console.errors.line(counts)
      bulk.console.errors.flush()
    }
    return refusedCount > 0 ? .badInput : .done
  }

  private var counts: String {
    let verb = bulk.options.isDryRun ? "would store" : "stored"
    return "\(verb) \(storedCount), duplicates \(duplicateCount), refused \(refusedCount)"
  }

  /// The exit code after a signal: says where to go on.
  func interrupted(_ error: LogError) -> ExitCode {
    var located = error
    located.message = "interrupted after line \(lastLine): \(counts)"
    located.hint =
      "Go on with `tail -n +\(lastLine + 1)`, or run the same command again: lines with an "
      + "event_id or key are stored once"
    return bulk.console.report(located)
  }

  /// The exit code after a batch whose receipts could not be printed.
  func lost(_ failure: OutputFailure) -> ExitCode {
    let what = "everything up to position \(lastPosition) is stored"
    bulk.console.report(.receiptLost(failure, what))
    return .receiptLost
  }
}
