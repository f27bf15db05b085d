internal import Engine
internal import Events

/// Lines on their way into the log.
struct Batch: Sendable {
  /// What needs nothing but the lock, in order.
  private(set) var drafts: [PreparedDraft] = []
  /// The lines of `drafts`.
  private(set) var lines: [Int] = []
  /// Refused lines, in order; each error names its line.
  private(set) var refusals: [LogError] = []
  /// A draft that is not prepared yet, alone in its batch: what a reversal comes to depends on the
  /// lines before it, and lines that are one unit may all turn out to be refused.
  private(set) var deferred: Draft?
  private(set) var byteCount = 0

  init() {}

  init(deferred draft: Draft, byteCount count: Int) {
    deferred = draft
    byteCount = count
  }

  var isEmpty: Bool { drafts.isEmpty && refusals.isEmpty && deferred == nil }

  mutating func add(_ draft: consuming PreparedDraft, line: Int, byteCount count: Int) {
    drafts.append(draft)
    lines.append(line)
    byteCount += count
  }

  mutating func refuse(_ error: LogError) { refusals.append(error) }

  /// Whether a line more can be committed together with these.
  func hasRoom(byteCount count: Int, _ limits: BatchLimits) -> Bool {
    deferred == nil && drafts.count + refusals.count < limits.eventCount
      && (isEmpty || byteCount + count <= limits.byteCount)
  }

  /// Whether all of another batch can be committed together with this one.
  func hasRoom(for other: Batch, _ limits: BatchLimits) -> Bool {
    deferred == nil && other.deferred == nil
      && drafts.count + refusals.count + other.drafts.count + other.refusals.count
        <= limits.eventCount
      && byteCount + other.byteCount <= limits.byteCount
  }

  /// Lets go of one draft; false when there is none.
  mutating func dropDraft() -> Bool { drafts.popLast() != nil }

  mutating func append(_ other: Batch) {
    drafts += other.drafts
    lines += other.lines
    refusals += other.refusals
    byteCount += other.byteCount
  }
}

/// What is committed together at the most.
struct BatchLimits: Sendable {
  var eventCount: Int
  var byteCount: Int
}
