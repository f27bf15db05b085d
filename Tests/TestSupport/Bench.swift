internal import Bytes
package import Engine
package import EventLog
package import Events
package import Pipeline
package import Secrets

/// A log of either kind with an engine on it, a clock that tests set, and seeded entropy.
package final class Bench {
  package let kind: LogKind
  package let clock = TestClock()
  package let catalog: Catalog
  package let rules: Rules
  /// What patches are judged by; nil for nothing, so that none is taken.
  private let policies: PolicySource?
  private let secrets: SecretPolicy
  package private(set) var engine: Engine<AnyLog>
  private let options: LogOptions
  private let memory: MemoryLog
  private let directory: TemporaryDirectory
  private var seed: UInt64

  /// The log's directory, for the kind that has one.
  package var path: String { directory("log") }

  /// What every bench's log is, so that two of them can be compared.
  package static let identity = LogIdentity(
    id: ULID(milliseconds: 1_767_225_600_000, random: (7, 7)), secret: Salt(high: 11, low: 13))

  /// - Parameter seed: where salts and ids come from.
  package init(
    _ kind: LogKind, seed: UInt64 = 1, rules: Rules = Rules(), options: LogOptions = LogOptions(),
    secrets: SecretPolicy = SecretPolicy(), policies: PolicySource? = TestPatches.policies()
  ) throws {
    self.kind = kind
    self.seed = seed
    self.rules = rules
    self.secrets = secrets
    self.policies = policies
    self.options = options
    directory = try TemporaryDirectory()
    memory = MemoryLog(identity: Self.identity)
    catalog = Catalog()
    for (name, schema) in TestTypes.all {
      try catalog.add(name, Array(schema.utf8), origin: "test type \(name)")
    }
    engine = Engine(log: AnyLog(memory), catalog: catalog)
    if kind == .lmdb { try LMDBLog.create(directory("log"), identity: Self.identity) }
    try open()
  }

  private func open() throws(LogError) {
    let log = kind == .memory ? AnyLog(memory) : AnyLog(try LMDBLog(opening: path, options))
    engine = Engine(
      log: log, catalog: catalog, rules: rules, secrets: secrets, policies: policies,
      clock: clock,
      entropy: SeededEntropy(seed: seed))
  }

  /// Closes the log, so that its files can be looked at.
  package func close() { engine = Engine(log: AnyLog(memory), catalog: catalog) }

  /// Closes the log and opens it again, as another process would.
  package func reopen() throws(LogError) {
    close()
    seed &+= 1_000_003
    try open()
  }

  /// Reads a draft from one line of JSON.
  package func draft(_ json: String) throws(LogError) -> Draft {
    try Draft(line: Array(json.utf8), number: nil, defaults: DraftDefaults())
  }

  @discardableResult
  package func append(
    _ json: String, _ options: AppendOptions = AppendOptions()
  ) throws(LogError) -> Receipt {
    try engine.append(draft(json), options)
  }

  /// Appends drafts in one transaction; all of them must pass their schemas.
  @discardableResult
  package func append(
    all lines: [String], _ options: AppendOptions = AppendOptions()
  ) throws(LogError) -> [AppendUnit.Outcome] {
    var prepared: [PreparedDraft] = []
    for (number, line) in lines.enumerated() {
      let draft = try Draft(line: Array(line.utf8), number: number + 1, defaults: DraftDefaults())
      prepared.append(try engine.prepare(draft))
    }
    return try engine.append(prepared, options)
  }

  /// Everything that the log stores.
  package func dump() throws(LogError) -> LogDump { try LogDump(of: engine.log) }

  /// The positions that a query gives, in its order.
  package func positions(_ query: Query) throws(LogError) -> [UInt64] {
    var positions: [UInt64] = []
    try engine.replay(query) { event in
      positions.append(event.position.rawValue)
      return true
    }
    return positions
  }
}

/// Event types without state, for tests of what is the same for all types.
package enum TestTypes {
  /// Goes to `thing-{id}` and takes any further members.
  package static let thing = """
    {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["id"],
     "properties": {"id": {"type": "string"}}, "x-uetlog": {"stream": "thing-{id}"}}
    """
  static let all = [("thing_noted", thing), ("thing_seen", thing)]

  /// A user's type `deploy_finished`, as its file could be; it goes to `deploy-{id}`.
  package static func deploy(description: String = "It is done.", more: String = "") -> [UInt8] {
    Array(
      """
      {"$schema": "http://json-schema.org/draft-07/schema#", "$id": "t",
       "title": "deploy_finished", "description": "\(description)",
       "x-uetlog": {"stream": "deploy-{id}", "reversal": "none", "severity": "info"\(more)},
       "type": "object", "additionalProperties": false, "required": ["id"],
       "properties": {"id": {"type": "string"}}}
      """.utf8)
  }
}

extension Bench {
  /// An engine on another log with a bench's catalog and clock.
  package static func engine<Log: EventLog>(_ log: Log, _ bench: Bench) -> Engine<Log> {
    Engine(
      log: log, catalog: bench.catalog, rules: bench.rules, policies: bench.policies,
      clock: bench.clock, entropy: SeededEntropy(seed: 99))
  }
}
