package import Bytes
package import Events

/// What checking a log against everything that is known of it came to.
package struct Verification: Hashable, Sendable {
  /// What is checked, in the order in which it is told.
  package enum Phase: String, CaseIterable, Sendable {
    /// The data file from outside: first pages, size.
    case file
    /// The pages make trees, and none is in two places or both free and in use.
    case pages
    /// Every record is there and can be read.
    case structure
    /// Payloads are what their commitments say.
    case payloads
    /// Leaves, subtree roots and the head's tree agree.
    case tree
    /// Streams, runs, revisions and times follow on one another.
    case links
    /// Ids and keys lead to their events, and nowhere else.
    case ids
    /// Names have the numbers that their first events gave them.
    case names
    /// Rows are what folding the log gives.
    case views
    /// Small values beside the tables are what events and rows say.
    case values
    /// Payloads keep to the schemas that they were checked against.
    case schemas
    /// What was decided about events is what would be decided again.
    case decisions
    /// What the log said of itself under signatures is what it is.
    case seals
    /// The log is what this machine saw of it before.
    case external
    /// The log is what checkpoints from outside say.
    case checkpoints
    /// Events are what their receipts say.
    case receipts

    /// Whether it compares the log with what is known of it outside.
    var isFromOutside: Bool { self == .external || self == .checkpoints || self == .receipts }

    /// Whether it looks at what was stored by the rules, not at its bytes.
    var isDeep: Bool { self == .schemas || self == .decisions }

    /// Those that every verification has; the deep ones are done when somebody asks for them.
    package static var usual: [Phase] { allCases.filter { !$0.isDeep } }
  }

  package enum Status: String, Sendable { case ok, failed, skipped }

  /// How a phase ended.
  package struct Outcome: Hashable, Sendable {
    package var phase: Phase
    package var status: Status
    /// What was counted, or why it was skipped.
    package var figures: String
    /// What a deep phase passed over.
    package var omissions: Omissions

    package init(
      phase: Phase, status: Status, figures: String, omissions: Omissions = Omissions()
    ) {
      self.phase = phase
      self.status = status
      self.figures = figures
      self.omissions = omissions
    }
  }

  /// Something that is wrong.
  package struct Finding: Hashable, Sendable {
    package var phase: Phase
    /// The first event concerned; nil when it is no event.
    package var position: Position?
    /// The last event concerned, when it is one of several.
    package var through: Position?
    /// A sentence without a final stop.
    package var message: String

    package init(
      phase: Phase, position: Position? = nil, through: Position? = nil, message: String
    ) {
      self.phase = phase
      self.position = position
      self.through = through
      self.message = message
    }
  }

  /// Which log it is.
  package struct Subject: Hashable, Sendable {
    package var path: String
    package var id: ULID?
    package var format: UInt32 = 0
    package var epoch: UInt32 = 0
    package var library = ""

    package init(path: String, id: ULID? = nil) {
      self.path = path
      self.id = id
    }
  }

  /// What all of it amounts to.
  package enum Verdict: String, Sendable {
    case intact
    /// Stored bytes are not what was written.
    case damaged
    /// The log is whole but older than, or another than, what was seen of it.
    case rolledBack = "rolled_back"
    /// The bytes are what was written, but events break rules that they were stored under.
    case irregular
  }

  /// At most this many findings of a phase are kept; all are counted.
  package static let findingsMax = 20

  package var subject: Subject
  package internal(set) var outcomes: [Outcome] = []
  package internal(set) var findings: [Finding] = []
  package internal(set) var counts: [Phase: Int] = [:]
  /// How far the records could be read.
  package internal(set) var head = Position.none
  /// The root of the tree over all events; nil when it could not be computed.
  package internal(set) var root: Digest?
  /// What speaks for the verdict, and how far: a part of a sentence.
  package internal(set) var evidence = ""

  package init(subject: Subject) { self.subject = subject }

  package var verdict: Verdict {
    if counts.isEmpty { return .intact }
    let stored = counts.keys.filter { !$0.isDeep }
    if stored.isEmpty { return .irregular }
    return stored.allSatisfy(\.isFromOutside) ? .rolledBack : .damaged
  }

  /// The first event that anything is wrong with.
  package var firstBad: Position? { findings.compactMap(\.position).min() }

  package func outcome(_ phase: Phase) -> Outcome? { outcomes.first { $0.phase == phase } }
}

extension Verification {
  /// A step of a verification, told as it happens: so that the process that prints survives the
  /// one that reads damaged pages.
  package enum Update: Hashable, Sendable {
    case subject(Subject)
    /// Pages visited, of at most how many.
    case pages(UInt64, of: UInt64)
    case progress(Position, of: Position)
    case finding(Finding)
    case outcome(Outcome)
    case conclusion(head: Position, root: Digest?, evidence: String)
  }

  /// Takes a step in.
  package mutating func apply(_ update: Update) {
    switch update {
    case .subject(let subject): self.subject = subject
    case .pages: break
    case .progress(let position, of: _): head = max(head, position)
    case .finding(let finding):
      let count = counts[finding.phase, default: 0]
      counts[finding.phase] = count + 1
      if count < Self.findingsMax { findings.append(finding) }
    case .outcome(let outcome):
      outcomes.removeAll { $0.phase == outcome.phase }
      outcomes.append(outcome)
    case .conclusion(let head, let root, let evidence):
      self.head = head
      self.root = root
      self.evidence = evidence
    }
  }

  /// Takes in that the process which read the log died by a signal.
  ///
  /// That is damage of the kind that LMDB does not survive. What it had told before stands.
  package mutating func applyCrash(signal: String) {
    apply(
      .finding(
        Finding(
          phase: .structure, position: head.next, through: nil,
          message: "reading the log's pages died by \(signal) after position \(head)")))
    apply(.outcome(Outcome(phase: .structure, status: .failed, figures: "crashed by \(signal)")))
    for phase in Phase.usual where outcome(phase) == nil {
      apply(
        .outcome(
          Outcome(
            phase: phase, status: counts[phase] == nil ? .skipped : .failed,
            figures: "the log's pages can't be read")))
    }
  }
}

/// Gathers what an audit finds and passes it on.
final class AuditReport {
  private(set) var verification: Verification
  private let onUpdate: (Verification.Update) -> Void

  init(_ subject: Verification.Subject, _ onUpdate: @escaping (Verification.Update) -> Void) {
    verification = Verification(subject: subject)
    self.onUpdate = onUpdate
    tell(.subject(subject))
  }

  func tell(_ update: Verification.Update) {
    verification.apply(update)
    onUpdate(update)
  }

  func find(
    _ phase: Verification.Phase, _ position: Position? = nil, through: Position? = nil,
    _ message: String
  ) {
    tell(
      .finding(
        Verification.Finding(
          phase: phase, position: position, through: through, message: message)))
  }

  /// Ends a phase: failed when anything was found.
  func end(
    _ phase: Verification.Phase, _ figures: String, _ omissions: Omissions = Omissions()
  ) {
    close(phase, .ok, figures, omissions)
  }

  /// Ends a phase that could not be done, or not to its end.
  func skip(
    _ phase: Verification.Phase, _ reason: String, _ omissions: Omissions = Omissions()
  ) {
    close(phase, .skipped, reason, omissions)
  }

  private func close(
    _ phase: Verification.Phase, _ unlessFailed: Verification.Status, _ figures: String,
    _ omissions: Omissions
  ) {
    let status = verification.counts[phase] == nil ? unlessFailed : .failed
    tell(
      .outcome(
        Verification.Outcome(
          phase: phase, status: status, figures: figures + omissions.words, omissions: omissions)))
  }
}
