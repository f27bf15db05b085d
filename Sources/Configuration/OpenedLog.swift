internal import Bytes
package import Engine
package import EventLog
package import Events
internal import Merkle
internal import Pipeline

/// Who opens a log, and hears what comes of it.
package protocol Opener {
  /// The process around.
  var here: Surroundings { get }

  /// Tells something that is good to know.
  func note(_ text: String)

  /// Tells something that must not be missed.
  func warn(_ text: String)

  /// Folds all views anew; what was there stays until it is done.
  func rebuildViews(of engine: Engine<LMDBLog>) throws(LogError)
}

/// A log that somebody works on, with the settings in force.
package struct OpenedLog {
  package let engine: Engine<LMDBLog>
  package let location: LogLocation
  package let settings: Settings

  /// Opens a log to read it; there must be one.
  package init(reading flag: String?, _ here: Surroundings) throws(LogError) {
    location = try LogLocation(flag: flag, here)
    settings = try Settings(log: location.path, here)
    let log = try Self.open(location, try Self.options(here, isReading: true))
    engine = Engine(
      log: log, rules: settings.rules, settingsDigest: settings.digest,
      secrets: settings.secretPolicy(here))
  }

  /// What patches are judged by before it is stored that they passed their checks.
  package enum Policies: Sendable {
    /// Those of the patch's repository and of the log's, else of the surroundings, else what ships.
    case found
    case given(PolicySource)
    /// Nothing: then no `patch_validated` is taken.
    case none
  }

  /// Opens a log to write it and makes it if there is none.
  package init(
    writing location: LogLocation, _ settings: Settings, _ opener: some Opener,
    policies: Policies = .found
  ) throws(LogError) {
    self.location = location
    self.settings = settings
    try settings.requireSealingKey()
    let options = try Self.options(opener.here, isReading: false)
    let log: LMDBLog
    do throws(LogError) {
      log = try LMDBLog(opening: location.path, options)
    } catch {
      guard error.code == .notFound else { throw error }
      log = try Self.create(location, options, opener)
    }
    engine = Engine(
      log: log, rules: settings.rules, settingsDigest: settings.digest,
      secrets: settings.secretPolicy(opener.here),
      policies: Self.source(policies, location, opener.here))
    try Self.checkHighWater(log, try engine.head(), opener)
    if try !engine.viewsAreCurrent() { try opener.rebuildViews(of: engine) }
  }

  private static func open(
    _ location: LogLocation, _ options: LogOptions
  ) throws(LogError) -> LMDBLog {
    do throws(LogError) {
      return try LMDBLog(opening: location.path, options)
    } catch {
      throw error.code == .notFound ? location.missing : error
    }
  }

  private static func create(
    _ location: LogLocation, _ options: LogOptions, _ opener: some Opener
  ) throws(LogError) -> LMDBLog {
    try LMDBLog.create(
      location.path, identity: freshIdentity(), options,
      values: [
        ViewLayouts.key: ViewLayouts.current.encoded, CatalogMark.key: CatalogMark.current.encoded,
      ])
    let log = try LMDBLog(opening: location.path, options)
    opener.note("made a new log at \(location.path)")
    return log
  }

  /// An empty log that nobody keeps: for trying out what would happen to a new one at `location`.
  package static func inMemory(
    for location: LogLocation, _ settings: Settings, _ here: Surroundings
  ) throws(LogError) -> Engine<MemoryLog> {
    try settings.requireSealingKey()
    return Engine(
      log: MemoryLog(identity: freshIdentity()), rules: settings.rules,
      settingsDigest: settings.digest, secrets: settings.secretPolicy(here),
      policies: source(.found, location, here))
  }

  private static func source(
    _ policies: Policies, _ location: LogLocation, _ here: Surroundings
  ) -> PolicySource? {
    switch policies {
    case .found: PolicyFiles.source(of: location, here)
    case .given(let source): source
    case .none: nil
    }
  }

  /// A new log's own identity.
  package static func freshIdentity() -> LogIdentity {
    var entropy = SystemEntropy()
    var ids = ULIDGenerator()
    let id = ids.next(at: SystemClock().now(), entropy: &entropy)
    return LogIdentity(id: id, secret: Salt(high: entropy.next(), low: entropy.next()))
  }

  /// How logs are opened here.
  package static func options(_ here: Surroundings, isReading: Bool) throws(LogError) -> LogOptions
  {
    var options = LogOptions()
    options.isReadOnly = isReading
    // Readers leave no traces.
    options.stateDirectory = isReading ? nil : try stateDirectory(here)
    if let text = try here.variable("UETLOG_MAP_SIZE") {
      guard let size = Int(text), size >= 64 << 10, size <= 1 << 44 else {
        throw LogError(
          .settings, "UETLOG_MAP_SIZE is wrong", expected: "a number of bytes from 65536",
          actual: "\"\(text)\"")
      }
      options.mapByteCount = (size + 4095) / 4096 * 4096
    }
    return options
  }

  /// Where this user's heads are noted outside of the logs.
  package static func stateDirectory(_ here: Surroundings) throws(LogError) -> String? {
    if let path = try here.variable("UETLOG_STATE") { return here.absolute(path) }
    // The specification of base directories says to ignore relative paths.
    if let path = try here.variable("XDG_STATE_HOME"), path.hasPrefix("/") {
      return path + "/uetlog"
    }
    return try here.variable("HOME").map { $0 + "/.local/state/uetlog" }
  }

  /// Refuses a log that has lost events since this machine last saw it; tells of a copy.
  private static func checkHighWater(
    _ log: LMDBLog, _ head: Head, _ opener: some Opener
  ) throws(LogError) {
    guard let slot = log.highWater else { return }
    if let known = slot.known, known.epoch >= log.format.epoch {
      let isOlder = head.position < known.position
      guard !isOlder, known.position < head.position || known.root == head.frontier.root else {
        throw LogError(
          .unsafe,
          isOlder
            ? "the log is older than this machine has seen it: events are missing at its end"
            : "the log's last event is another one than this machine has seen",
          expected: "at least position \(known.position) with root \(known.root)",
          actual: "position \(head.position)",
          hint: "Run `uetlog verify`; if an old copy was put in place, use the newer one again")
      }
    }
    if slot.known?.isAside == true {
      opener.warn(
        "this log was put aside by a restore and another one goes on in its place: what is "
          + "appended here, after position \(head.position), is in no other log (a fork)")
    }
    if let other = slot.other {
      let fork = min(other.position, head.position)
      opener.warn(
        "this log is a copy: another one with its id was last seen at position \(other.position); "
          + "from position \(fork.next) on they are two logs (a fork at \(fork))")
    }
  }
}
