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

  init(_ bulk: BulkAppend<Log>) { self.bulk = bulk }

  /// Stores what can be stored of a batch.
  mutating func commit(_ batch: Batch) throws(LogError) {
    answers.removeAll(keepingCapacity: true)
    var run: [PreparedDraft] = []
    run.reserveCapacity(batch.items.count)
    // Where in `answers` the drafts of `run` belong.
    var places: [Int] = []
    for (index, item) in batch.items.enumerated() {
      switch item {
      case .prepared(let draft):
        places.append(index)
        run.append(draft)
        answers.append(.failure(LogError(.system, "the line was not handled")))
      case .refused(let error): answers.append(.failure(error))
      case .deferred(let draft):
        try store(run, places, batch)
        run = []
        places = []
        answers.append(try storeAlone(draft))
      }
    }
    try store(run, places, batch)
  }

  /// Stores all of a batch or nothing.
  mutating func commitAll(_ batch: Batch) throws(LogError) {
    var run: [PreparedDraft] = []
    for item in batch.items {
      switch item {
      case .prepared(let draft): run.append(draft)
      case .refused(let error): throw error
      case .deferred(let draft): run.append(try bulk.engine.prepare(draft))
      }
    }
    answers = try bulk.engine.append(run, bulk.options)
  }

  private mutating func store(
    _ run: [PreparedDraft], _ places: [Int], _ batch: Batch
  ) throws(LogError) {
    guard !run.isEmpty else { return }
    do throws(LogError) {
      for (place, outcome) in zip(places, try bulk.engine.append(run, bulk.options)) {
        answers[place] = outcome
      }
    } catch {
      throw located(error, run, batch)
    }
  }

  private func storeAlone(_ draft: Draft) throws(LogError) -> AppendUnit.Outcome {
    do throws(LogError) {
      return .success(try bulk.engine.append(draft, bulk.options))
    } catch {
      guard error.code.isRefusal else { throw error }
      return .failure(error)
    }
  }

  /// Says from which line on nothing is known to be stored.
  private func located(_ error: LogError, _ run: [PreparedDraft], _ batch: Batch) -> LogError {
    var located = error
    guard let first = run.first, let line = first.line else { return error }
    located.line = line
    let last = run.last?.line ?? line
    located.hint =
      error.code == .outcomeUnknown
      ? "Lines \(line) to \(last) are all stored or none: `uetlog show \(first.envelope.eventID)` "
        + "tells; go on after them or with them"
      : "The lines before are stored, from line \(line) on nothing is: go on with "
        + "`tail -n +\(line)`"
    return located
  }

  /// Answers the lines of the batch; tells when the answers can't be printed.
  mutating func show(_ batch: Batch) -> OutputFailure? {
    for (answer, line) in zip(answers, batch.lines) {
      switch answer {
      case .success(let receipt):
        if receipt.isDuplicate { duplicateCount += 1 } else { storedCount += 1 }
        lastPosition = max(lastPosition, receipt.position)
        bulk.printer.print(receipt, line: line)
      case .failure(let error):
        refusedCount += 1
        // Who reads an answer for each line gets this one in its place.
        if bulk.isFollowing, bulk.console.isJSON {
          bulk.printer.print(error)
        } else {
          bulk.console.reportLater(ErrorReport(error))
        }
      }
    }
    bulk.console.errors.flush()
    return bulk.printer.flush()
  }

  /// The exit code after everything was read.
  func sum() -> ExitCode {
    if !bulk.isFollowing, !bulk.console.isJSON, !bulk.console.isQuiet {
      let verb = bulk.options.isDryRun ? "would store" : "stored"
      bulk.console.errors.line(
        "\(verb) \(storedCount), duplicates \(duplicateCount), refused \(refusedCount)")
      bulk.console.errors.flush()
    }
    return refusedCount > 0 ? .badInput : .done
  }

  /// The exit code after a batch whose receipts could not be printed.
  func lost(_ failure: OutputFailure) -> ExitCode {
    let what = "everything up to position \(lastPosition) is stored"
    bulk.console.report(.receiptLost(failure, what))
    return .receiptLost
  }
}

extension LogError.Code {
  /// Whether one draft is refused and others can go on.
  var isRefusal: Bool {
    switch self {
    case .badInput, .violation, .unknownType, .rejected, .idTaken, .conflict, .budget, .secret,
      .notFound:
      true
    default: false
    }
  }
}
