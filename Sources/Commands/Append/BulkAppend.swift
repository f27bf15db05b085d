internal import Configuration
internal import Engine
internal import EventLog
internal import Events

/// Appends lines of standard input: one thread reads and prepares, this one commits.
struct BulkAppend<Log: EventLog> {
  let target: AppendTarget<Log>
  let settings: Settings
  var options: AppendOptions
  let defaults: DraftDefaults
  let console: Console
  let printer: ReceiptPrinter
  /// Every line gets an answer as soon as it is stored.
  let isFollowing: Bool

  /// Appends everything and tells the exit code.
  func run() throws(LogError) -> ExitCode {
    if options.isAtomic { return try runAtomic() }
    guard isFollowing else { return try runLines() }
    guard settings.isGrouped else { return try runFollowing() }
    var grouped = self
    grouped.options.group = GroupMember()
    return try grouped.runFollowing()
  }

  /// Commits each batch where it was read: whoever waits for a receipt should not wait for threads
  /// to wake each other as well.
  private func runFollowing() throws(LogError) -> ExitCode {
    let wakeup = try Wakeup()
    try Interruption.watch { wakeup.call() }
    var reader = LineReader(target, defaults, limits)
    var committer = Committer(self)
    var lost: ExitCode?
    var failure: LogError?
    do throws(LogError) {
      var isCalled = false
      try reader.read(
        waiting: {
          isCalled = !wakeup.waitsForInput()
          return !isCalled
        },
        isAwaited: { true },
        handOver: { batch in
          do throws(LogError) {
            try wakeup.check()
            try committer.commit(batch)
            lost = committer.show([batch]).map { committer.lost($0) }
            if lost == nil { committer.sealIfDue() }
          } catch { failure = error }
          return lost == nil && failure == nil
        })
      if isCalled { try wakeup.check() }
      if let failure { throw failure }
    } catch {
      guard error.code == .interrupted else { throw error }
      return committer.interrupted(error)
    }
    return lost ?? committer.sum()
  }

  private var limits: BatchLimits {
    BatchLimits(eventCount: settings.batchEventCount, byteCount: settings.batchByteCount)
  }

  /// What is committed together of lines that nobody waits for: a commit costs as much as many
  /// events, and pages that several batches touch are written once.
  private var joined: BatchLimits {
    BatchLimits(eventCount: settings.streamEventCount, byteCount: settings.batchByteCount)
  }

  private func runLines() throws(LogError) -> ExitCode {
    let queue = BatchQueue(joined)
    let (target, defaults, limits) = (target, defaults, limits)
    try Interruption.watch { queue.interrupt() }
    try Thread.start {
      var reader = LineReader(target, defaults, limits, beforeDraft: { queue.freeDraft() })
      do throws(LogError) {
        try reader.read(isAwaited: { queue.isWaitedFor }, handOver: { queue.put($0) })
        queue.finish()
      } catch { queue.finish(.failure(error)) }
    }.detach()
    defer { queue.finish() }
    var committer = Committer(self)
    var progress = Progress("appending", isQuiet: console.isQuiet)
    do throws(LogError) {
      while let batch = try queue.take() {
        try committer.commit(batch)
        if let failure = committer.show([batch]) { return committer.lost(failure) }
        committer.sealIfDue()
        progress.update(UInt64(committer.storedCount))
        queue.giveBack(batch)
      }
    } catch {
      guard error.code == .interrupted else { throw error }
      return committer.interrupted(error)
    }
    return committer.sum()
  }

  private func runAtomic() throws(LogError) -> ExitCode {
    var reader = LineReader(target, defaults, limits, isAtomic: true)
    var batches: [Batch] = []
    var (eventCount, byteCount, isOver) = (0, 0, false)
    try reader.read(
      isAwaited: { false },
      handOver: { batch in
        batches.append(batch)
        eventCount += batch.deferred == nil ? 0 : 1
        byteCount += batch.byteCount
        isOver = eventCount > limits.eventCount || byteCount > limits.byteCount
        return !isOver
      })
    guard !isOver else {
      throw LogError(
        .badInput, "the input is too large for one unit",
        expected: "at most \(limits.eventCount) events and \(limits.byteCount) bytes",
        hint: "Nothing was stored; without --atomic the lines are stored in groups")
    }
    var committer = Committer(self)
    guard !batches.isEmpty else { return committer.sum() }
    try committer.commitAll(batches)
    if let failure = committer.show(batches) { return committer.lost(failure) }
    committer.sealIfDue()
    return committer.sum()
  }
}
