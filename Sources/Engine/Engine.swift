package import Bytes
package import EventLog
package import Events
package import Pipeline
package import Secrets
internal import Synchronization

/// Appends to and reads from one log: where drafts become events and questions find answers.
package final class Engine<Log: EventLog>: Sendable {
  package let log: Log
  package let catalog: Catalog
  package let rules: Rules
  /// What patches are judged by; nil when nobody said.
  let policies: PolicySource?
  let clock: any TimeSource
  let preparer: Mutex<Preparer>
  private let memory = RowMemory()

  package init(
    log: Log, catalog: Catalog = Catalog(), rules: Rules = Rules(), settingsDigest: UInt64 = 0,
    secrets: SecretPolicy = SecretPolicy(), policies: PolicySource? = nil,
    clock: any TimeSource = SystemClock(), entropy: any EntropySource = SystemEntropy()
  ) {
    self.log = log
    self.catalog = catalog
    self.rules = rules
    self.policies = policies
    self.clock = clock
    preparer = Mutex(
      Preparer(
        catalog: catalog, identity: log.identity, settingsDigest: settingsDigest,
        prices: rules.prices, secrets: secrets, clock: clock, entropy: entropy))
  }

  /// An error that quotes nothing secret of the input that it is about.
  package func erasing(_ error: LogError, _ inputs: [[UInt8]]) -> LogError {
    preparer.withLock { $0.secrets }.erasing(error, inputs)
  }

  /// Checks a draft; user-registered types are looked up in the log, reversals are worked out.
  package func prepare(_ draft: Draft) throws(LogError) -> PreparedDraft {
    let definition = try learnedType(draft.type)
    if draft.type == EventType.event_reversed.name { return try prepareReversal(draft) }
    return try preparer.withLock { (preparer) throws(LogError) in
      try preparer.prepare(draft, definition)
    }
  }

  /// Stores prepared drafts in one transaction; patches that are said to be validated are judged
  /// before.
  ///
  /// - Returns: for each draft its receipt or why it was refused; with `isAtomic` a refusal is
  ///   thrown instead.
  package func append(
    _ drafts: [PreparedDraft], _ options: AppendOptions = AppendOptions()
  ) throws(LogError) -> [AppendUnit.Outcome] {
    let drafts = try judged(drafts)
    if let group = options.group, let log = log as? LMDBLog {
      return try append(drafts, options, log, group)
    }
    var unit = unit(drafts, options)
    return try write(&unit, options)
  }

  func write(
    _ unit: inout AppendUnit, _ options: AppendOptions
  ) throws(LogError) -> [AppendUnit.Outcome] {
    let outcomes = try log.write(waitNanoseconds: options.waitNanoseconds, &unit)
    unit.keepRows()
    return outcomes
  }

  func unit(_ drafts: [PreparedDraft], _ options: AppendOptions) -> AppendUnit {
    AppendUnit(
      drafts, isAtomic: options.isAtomic, isDryRun: options.isDryRun,
      preparer: preparer.withLock { $0.split() }, rules: rules, clock: clock, memory: memory)
  }

  /// Checks and stores one draft.
  ///
  /// A reversal that lost a race is worked out again, and so is what was judged.
  package func append(
    _ draft: Draft, _ options: AppendOptions = AppendOptions()
  ) throws(LogError) -> Receipt {
    var single = options
    single.isAtomic = true
    for _ in 0..<8 {
      let prepared = try prepare(draft)
      do throws(LogError) {
        let outcomes = try append([prepared], single)
        guard let outcome = outcomes.first else { break }
        return try outcome.get()
      } catch {
        guard error.code == .conflict, prepared.reversal != nil || prepared.isClaim,
          draft.expect == nil
        else {
          throw error
        }
      }
    }
    throw LogError(
      .conflict, "the stream keeps moving on while the undoing is planned",
      hint: "Run the command again when fewer programs write to it")
  }

  /// The definition of a type; one of a user's that the log knows is registered first, one that an
  /// earlier draft registers is taken until the log knows it.
  private func learnedType(_ name: String) throws(LogError) -> EventDefinition? {
    if let known = try catalog.definition(name) { return known }
    var read = ReadValue(key: SchemaRegistry.key(name))
    guard let bytes = try log.read(&read) else { return catalog.offered(name) }
    return try catalog.add(name, bytes, origin: "schema of \(name) in the log")
  }
}

/// How drafts are appended.
package struct AppendOptions: Sendable {
  /// A refusal refuses all.
  package var isAtomic = false
  /// Everything is checked and decided, nothing is stored.
  package var isDryRun = false
  /// How long to wait for other writers.
  package var waitNanoseconds: Int64 = 5_000_000_000
  /// The group to commit with; nil to commit alone.
  package var group: GroupMember?

  package init() {}
}

/// Where a user's own schemas are kept in a log.
package enum SchemaRegistry {
  package static func key(_ type: String) -> String { "schema/\(type)" }

  /// The type whose schema a key is for; nil for another key.
  static func type(_ key: String) -> String? {
    let prefix = self.key("")
    return key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
  }
}
