internal import Engine
internal import EventLog
internal import Events
internal import JSON
internal import Secrets

/// Plans redactions, carries them out, and writes the log's files anew.
struct Redactor {
  /// Transactions are kept to so many events and bytes.
  private static let eventCountMax = 256
  private static let byteCountMax = 16 << 20

  let engine: Engine<LMDBLog>
  let masker: Masker
  let reason: String
  let `operator`: String?
  let isDryRun: Bool
  var options = AppendOptions()
  private var redactions: [Redaction] = []
  private var refused: [(position: Position, error: LogError)] = []
  /// Whether secrets were taken out of one of the events before.
  private var isRepeated = false
  /// Where something of what is taken out is found besides.
  private var others: [(position: Position, pointer: String)] = []

  init(
    engine: Engine<LMDBLog>, masker: Masker, reason: String, operator: String?, isDryRun: Bool
  ) {
    self.engine = engine
    self.masker = masker
    self.reason = reason
    self.operator = `operator`
    self.isDryRun = isDryRun
  }

  /// Plans to redact some strings of one event.
  mutating func plan(
    _ pointers: [String], of reference: EventReference
  ) throws(LogError) {
    let event = try engine.event(reference)
    isRepeated = event.isRedacted
    redactions += try engine.planRedaction(of: event, .pointers(pointers), masker)
  }

  /// Plans to redact what the rules find in some events; in all when none are named.
  mutating func planFindings(
    _ references: [EventReference], _ console: Console
  ) throws(LogError) {
    guard references.isEmpty else {
      var seen: Set<Position> = []
      for reference in references {
        let event = try engine.event(reference)
        if seen.insert(event.position).inserted { try take(event) }
      }
      return
    }
    var progress = Progress("scanning", isQuiet: console.isQuiet)
    let total = try engine.head().position.rawValue
    try engine.replay(Query()) { (event) throws(LogError) in
      try take(event)
      progress.update(event.position.rawValue, of: total)
      return true
    }
  }

  /// What can't be redacted does not keep others from it.
  private mutating func take(_ event: Event) throws(LogError) {
    if event.isRedacted { isRepeated = true }
    do throws(LogError) {
      redactions += try engine.planRedaction(of: event, .findings, masker)
    } catch {
      guard error.code == .secret else { throw error }
      refused.append((event.position, error))
    }
  }

  /// Looks for what is taken out in all of the log: in other events, other strings, envelopes.
  ///
  /// Short or plain texts are not looked for: they are everywhere.
  mutating func findOthers(_ console: Console) throws(LogError) {
    let literals = Set(redactions.flatMap(\.secrets)).compactMap {
      SecretLiteral(name: Masker.manualRule, value: $0)
    }
    guard !literals.isEmpty else { return }
    let scanner = SecretScanner(literals: literals)
    let planned = Dictionary(
      redactions.map { ($0.position, Set($0.masks.map(\.pointer))) },
      uniquingKeysWith: { first, _ in first })
    let refused = Set(refused.map(\.position))
    var progress = Progress("looking for the same elsewhere", isQuiet: console.isQuiet)
    let total = try engine.head().position.rawValue
    try engine.replay(Query()) { (event) throws(LogError) in
      progress.update(event.position.rawValue, of: total)
      if refused.contains(event.position) { return true }
      for place in event.places(of: scanner)
      where planned[event.position]?.contains(place) != true {
        others.append((event.position, place))
      }
      return true
    }
  }

  /// Redacts what is planned, then compacts.
  ///
  /// - Parameter quarantine: written anew, also when nothing is left to be redacted: an earlier run
  ///   may have been killed before it came to that.
  func carryOut(
    _ quarantine: QuarantineFolder, _ console: Console
  ) throws(LogError) -> ExitCode {
    var report = RedactReport(
      redactions: redactions, refused: refused, others: others, isDryRun: isDryRun)
    var rest = redactions[...]
    while !rest.isEmpty {
      let part = Self.part(of: rest)
      do throws(LogError) {
        report.receipts += try engine.redact(
          Array(part), reason: reason, operator: `operator`, options)
      } catch {
        guard !report.receipts.isEmpty else { throw error }
        report.print(console)
        throw Self.unfinished(
          error, "some payloads are redacted, others are not",
          next: "Run `uetlog redact` again")
      }
      rest = rest.dropFirst(part.count)
    }
    if !isDryRun {
      do throws(LogError) { try quarantine.renew(engine, console.here) } catch {
        report.print(console)
        throw Self.unfinished(
          error, "the payloads are redacted, but files still have what was taken out",
          next: "Run `uetlog redact` again, then `uetlog compact`")
      }
    }
    guard !isDryRun, !redactions.isEmpty else {
      report.print(console)
      if redactions.isEmpty, isRepeated {
        console.note(
          "if an earlier redaction was interrupted, the files may still have what it took out: "
            + "`uetlog compact` removes that")
      }
      return report.exitCode
    }
    do throws(LogError) {
      report.compaction = try engine.log.compact(waitNanoseconds: options.waitNanoseconds)
    } catch {
      report.print(console)
      throw Self.unfinished(
        error, "the payloads are redacted, but the log's files still have what was taken out",
        next: "Run `uetlog compact`")
    }
    report.print(console)
    return report.exitCode
  }

  /// Nothing that says that nothing was written.
  private static func unfinished(
    _ error: LogError, _ what: String, next: String
  ) -> LogError {
    LogError(.cannotWrite, "\(what): \(error.message)", hint: next)
  }

  private static func part(of rest: ArraySlice<Redaction>) -> ArraySlice<Redaction> {
    var byteCount = 0
    let part = rest.prefix(eventCountMax).prefix {
      byteCount += $0.byteCount
      return byteCount <= byteCountMax
    }
    return part.isEmpty ? rest.prefix(1) : part
  }
}
